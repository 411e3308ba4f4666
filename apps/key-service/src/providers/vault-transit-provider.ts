import { createSecretKey, type KeyObject } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError, type DekBinding, type WrappedDek } from '@tacet/sealed-record';
import { z } from 'zod';
import { keyOf, kekIdOf } from './kek-name.ts';
import type { KekVersion, KeyProvider } from './key-provider.ts';
import { requestJson, type JsonAnswer } from './request-json.ts';

/** Of a Transit key's name, which becomes part of a path. */
export const vaultKeyPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** What Transit answers: `vault:v<version>:<base64>`. */
const ciphertextPattern = /^vault:v([1-9][0-9]{0,9}):[A-Za-z0-9+/]+={0,2}$/;
const secretBytes = 32;
/** Versions that may be made in one call, to get above a version that was used elsewhere. */
export const vaultRotationsMax = 100;

/** How a Vault or OpenBao is reached. */
export interface VaultTransitOptions {
  /** In `providers.yaml`, and in front of each `kek_id`. */
  readonly name: string;
  /** `https://host:port`. */
  readonly address: string;
  /** Where Transit is mounted. */
  readonly mount: string;
  /** PEM of the authority of its certificate; undefined: the system's. */
  readonly authority?: Buffer | undefined;
  /** Asked for with each call: an agent may renew it. */
  readonly token: () => string;
  readonly timeoutMs: number;
}

const encryptAnswer = z.object({ data: z.object({ ciphertext: z.string() }) });
const decryptAnswer = z.object({ data: z.object({ plaintext: z.string() }) });
const listAnswer = z.object({ data: z.object({ keys: z.array(z.string()) }) });
const keyAnswer = z.object({
  data: z.object({ latest_version: z.number().int().min(1), min_decryption_version: z.number().int(), min_available_version: z.number().int().default(0) }),
});
type TransitKey = z.infer<typeof keyAnswer>['data'];

/**
 * Master keys in the Transit engine of Vault or OpenBao: they never leave it. A KEK is a Transit key (aes256-gcm96), its
 * versions are Transit's. Transit binds no context here (`rewrap` takes none), so a DEK is bound by its commitment.
 */
export class VaultTransitProvider implements KeyProvider {
  readonly name = 'vault-transit';
  readonly isRemote = true;
  readonly #options: VaultTransitOptions;
  #rotating: Promise<unknown> = Promise.resolve();

  constructor(options: VaultTransitOptions) {
    this.#options = options;
  }

  async wrap(kekVersion: number, binding: DekBinding, secret: KeyObject): Promise<Uint8Array> {
    const plaintext = secret.export().toString('base64');
    const answer = await this.#call('POST', `encrypt/${this.#key(binding.kekId)}`, { plaintext, key_version: kekVersion });
    return readCiphertext(answer, kekVersion);
  }

  async unwrap(wrapped: WrappedDek): Promise<KeyObject> {
    const ciphertext = await this.#ownCiphertext(wrapped);
    const answer = await this.#call('POST', `decrypt/${this.#key(wrapped.kekId)}`, { ciphertext }, true);
    const plaintext = Buffer.from(parse(decryptAnswer, answer).data.plaintext, 'base64');
    if (plaintext.length !== secretBytes) throw new RecordRefusedError();
    const secret = createSecretKey(plaintext);
    plaintext.fill(0);
    return secret;
  }

  async rewrap(wrapped: WrappedDek, toKekVersion: number): Promise<Uint8Array> {
    const ciphertext = await this.#ownCiphertext(wrapped);
    const answer = await this.#call('POST', `rewrap/${this.#key(wrapped.kekId)}`, { ciphertext, key_version: toKekVersion }, true);
    return readCiphertext(answer, toKekVersion);
  }

  /** One at a time: that a key is not there and that it is made are two calls. Replicas take turns by the keystore's lock. */
  rotate(kekId: string, newest: number): Promise<number> {
    const rotated = this.#rotating.then(() => this.#rotate(this.#key(kekId), newest));
    this.#rotating = rotated.catch(() => undefined);
    return rotated;
  }

  async describe(kekId?: string): Promise<readonly KekVersion[]> {
    const keys = kekId === undefined ? await this.#listKeys() : [this.#key(kekId)];
    const versions: KekVersion[] = [];
    for (const key of keys.sort()) {
      const found = await this.#find(key);
      if (!found) continue;
      for (let version = lowestUsable(found); version <= found.latest_version; version++) versions.push({ kekId: kekIdOf(this.#options.name, key), version });
    }
    return versions;
  }

  /** Transit forgets versions from the oldest on, and never its newest: an older one that is there is a `conflict`. */
  async destroyVersion({ kekId, version }: KekVersion): Promise<void> {
    let key: string;
    try {
      key = this.#key(kekId);
    } catch {
      return;
    }
    const found = await this.#find(key);
    if (!found || version < found.min_available_version || version > found.latest_version) return;
    if (version > lowestUsable(found)) throw new TacetError('conflict', { message: `Vault destroys versions from the oldest on; version ${lowestUsable(found)} is still there.` });
    if (version === found.latest_version) await this.#call('POST', `keys/${key}/rotate`, {});
    const above = version + 1;
    await this.#call('POST', `keys/${key}/config`, { min_decryption_version: above, min_encryption_version: above });
    await this.#call('POST', `keys/${key}/trim`, { min_available_version: above });
  }

  async health({ kekId, version }: KekVersion): Promise<void> {
    const found = await this.#find(this.#key(kekId));
    if (!found || version < lowestUsable(found) || version > found.latest_version) throw new TacetError('kek_disabled');
  }

  #key(kekId: string): string {
    return keyOf(kekId, this.#options.name, vaultKeyPattern);
  }

  async #rotate(key: string, newest: number): Promise<number> {
    let found = await this.#find(key);
    if (!found) {
      await this.#call('POST', `keys/${key}`, { type: 'aes256-gcm96' });
      found = await this.#read(key);
      if (newest === 0) return found.latest_version;
    }
    for (let rotations = 0; rotations === 0 || found.latest_version <= newest; rotations++) {
      if (rotations === vaultRotationsMax) throw new Error('the key of Vault is too far behind the keystore');
      await this.#call('POST', `keys/${key}/rotate`, {});
      found = await this.#read(key);
    }
    return found.latest_version;
  }

  async #listKeys(): Promise<string[]> {
    const answer = await this.#send('GET', 'keys?list=true');
    return answer.status === 404 ? [] : parse(listAnswer, accept(answer)).data.keys;
  }

  async #find(key: string): Promise<TransitKey | undefined> {
    const answer = await this.#send('GET', `keys/${key}`);
    return answer.status === 404 ? undefined : parse(keyAnswer, accept(answer)).data;
  }

  async #read(key: string): Promise<TransitKey> {
    const found = await this.#find(key);
    if (!found) throw new TacetError('kek_disabled');
    return found;
  }

  /** The ciphertext of a blob, which must be of the version that the wrapped DEK names. */
  async #ownCiphertext(wrapped: WrappedDek): Promise<string> {
    const ciphertext = Buffer.from(wrapped.blob).toString('latin1');
    const version = ciphertextPattern.exec(ciphertext)?.[1];
    if (version !== undefined && Number(version) === wrapped.kekVersion) return ciphertext;
    // What is not this version's does not open; but a version that cannot be used says so first, as everywhere.
    await this.health({ kekId: wrapped.kekId, version: wrapped.kekVersion });
    throw new RecordRefusedError();
  }

  async #call(method: 'POST', path: string, body: unknown, opens = false): Promise<unknown> {
    return accept(await this.#send(method, path, body), opens);
  }

  async #send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<JsonAnswer> {
    const { address, mount, authority, token, timeoutMs } = this.#options;
    const headers = { 'x-vault-token': token(), 'x-vault-request': 'true' };
    try {
      return await requestJson({ url: new URL(`/v1/${mount}/${path}`, address), method, headers, body, authority, timeoutMs });
    } catch (error) {
      throw new TacetError('unavailable', { message: 'The provider of the master key does not answer.', cause: error, retryAfterMs: timeoutMs });
    }
  }
}

function lowestUsable(key: TransitKey): number {
  return Math.max(1, key.min_decryption_version, key.min_available_version);
}

/** Messages of Transit (sdk/helper/keysutil/policy.go) for versions and keys that are not there, or not any more. */
const disabledMessages = /too old|too new|key not found|higher than the latest key version|less than the minimum|no such key version/;

/** The body of an answer that was no error. `opens`: a 400 otherwise means that what was sent does not open. */
function accept({ status, body }: JsonAnswer, opens = false): unknown {
  if (status === 200 || status === 204) return body;
  const errors = z.object({ errors: z.array(z.string()) }).safeParse(body).data?.errors.join('\n') ?? '';
  if (status === 403 || status === 404 || disabledMessages.test(errors)) throw new TacetError('kek_disabled');
  if (status === 400 && opens) throw new RecordRefusedError();
  if (status === 429 || status >= 500) throw new TacetError('unavailable', { message: 'The provider of the master key does not serve.', retryAfterMs: 2_000 });
  // Its messages are left out: they can hold what was sent.
  throw new Error(`Vault answered ${status}`);
}

function parse<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new TacetError('unavailable', { message: 'The provider of the master key answered something that is not valid.' });
  return parsed.data;
}

/** A ciphertext of exactly the version that was asked for. */
function readCiphertext(answer: unknown, version: number): Uint8Array {
  const { ciphertext } = parse(encryptAnswer, answer).data;
  if (Number(ciphertextPattern.exec(ciphertext)?.[1]) !== version) throw new TacetError('unavailable', { message: 'The provider of the master key answered with another version.' });
  return Buffer.from(ciphertext, 'latin1');
}
