import { createSecretKey } from 'node:crypto';
import { commitDek, dekIsCommitted, encodeWrappedDek, parseWrappedDek, providerByte, unwrapLocally, wrapLocally } from '@tacet/sealed-record';
import { attempt } from './attempt.ts';
import type { WrappedDekCase } from './vector-file.ts';

/** Wraps and unwraps one case under its local KEK; what does not hold, in words. */
export function checkWrappedDekCase(entry: WrappedDekCase): readonly string[] {
  const { kekId, kekVersion, dekVersion, account, createdMs, nonce, wrapped } = entry;
  const kek = createSecretKey(entry.kek);
  const dek = createSecretKey(entry.dek);
  const binding = { provider: providerByte.local, kekId, dekVersion, accountId: account, createdMs, commitment: commitDek(dek) };
  return [
    ...attempt('wrap', wrapped, () => encodeWrappedDek({ ...binding, kekVersion, blob: wrapLocally(kek, dek, binding, () => nonce) })),
    ...attempt('unwrap', entry.dek, () => {
      const parsed = parseWrappedDek(wrapped);
      const unwrapped = unwrapLocally(kek, parsed, parsed.blob);
      return dekIsCommitted(unwrapped, parsed) ? unwrapped.export() : Buffer.from('not committed');
    }),
  ];
}
