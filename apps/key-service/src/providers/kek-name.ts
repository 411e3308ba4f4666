import { TacetError } from '@tacet/errors';

/**
 * `kek_id` of a key that is not ours: `<provider name>/<key>`, so that two providers of one kind never mean each
 * other's keys. The keys of the local folder have no prefix.
 */
export function kekIdOf(providerName: string, key: string): string {
  return `${providerName}/${key}`;
}

/** The provider name in a `kek_id`; undefined: a key of the local folder. */
export function providerNameOf(kekId: string): string | undefined {
  const at = kekId.indexOf('/');
  return at < 0 ? undefined : kekId.slice(0, at);
}

/** The key that a `kek_id` names at a provider. Throws `kek_disabled` when it is another provider's, or none that `pattern` allows. */
export function keyOf(kekId: string, providerName: string, pattern: RegExp): string {
  const key = kekId.startsWith(`${providerName}/`) ? kekId.slice(providerName.length + 1) : '';
  if (!pattern.test(key)) throw new TacetError('kek_disabled');
  return key;
}
