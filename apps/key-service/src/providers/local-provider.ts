import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TacetError } from '@tacet/errors';
import { unwrapLocally, wrapLocally, type DekBinding, type NonceSource, type WrappedDek } from '@tacet/sealed-record';
import type { KekVersion, KeyProvider } from './key-provider.ts';
import { createSecretFile, destroySecretFile, openPrivateFolder, othersMask } from '../secret-files.ts';

const kekBytes = 32;
/** Of `kek_id`, which becomes part of a path: rows of the keystore must not lead out of the folder. */
const kekIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const fileNamePattern = /^([a-z0-9][a-z0-9-]{0,63})\.([1-9][0-9]{0,9})\.key$/;

interface HeldKek {
  readonly key: KeyObject;
  /** Which file it was read from: another inode or time is another key. */
  readonly inode: number;
  readonly changedMs: number;
}

/**
 * Master keys as files `<kek_id>.<version>.key`, 32 random bytes each, 0600. A file's presence is what enables its
 * key: it is looked at on every use (of several uses in one turn of the event loop, on the first), so that a key that
 * is taken away is disabled at once and works again when it is back, and so that a version which another replica made
 * needs no announcement.
 */
export class LocalProvider implements KeyProvider {
  readonly name = 'local';
  readonly isRemote = false;
  readonly #folder: string;
  readonly #drawNonce: NonceSource;
  readonly #held = new Map<string, HeldKek>();
  /** Keys whose files were looked at in this turn of the event loop. */
  readonly #seen = new Map<string, KeyObject>();

  constructor(folder: string, drawNonce: NonceSource) {
    this.#folder = folder;
    this.#drawNonce = drawNonce;
  }

  async wrap(kekVersion: number, binding: DekBinding, secret: KeyObject): Promise<Uint8Array> {
    return wrapLocally(this.#key(binding.kekId, kekVersion), secret, binding, this.#drawNonce);
  }

  async unwrap(wrapped: WrappedDek): Promise<KeyObject> {
    return unwrapLocally(this.#key(wrapped.kekId, wrapped.kekVersion), wrapped, wrapped.blob);
  }

  async rewrap(wrapped: WrappedDek, toKekVersion: number): Promise<Uint8Array> {
    return this.wrap(toKekVersion, wrapped, await this.unwrap(wrapped));
  }

  async rotate(kekId: string, newest: number): Promise<number> {
    const own = await this.describe();
    const highest = own.reduce((most, kek) => (kek.kekId === kekId ? Math.max(most, kek.version) : most), newest);
    for (let version = highest + 1; ; version++) {
      const made = await createSecretFile(this.#folder, fileName(kekId, version), randomBytes(kekBytes));
      if (made) return version;
    }
  }

  async describe(only?: string): Promise<readonly KekVersion[]> {
    const versions: KekVersion[] = [];
    for (const name of await readdir(this.#folder)) {
      const [, kekId, version] = fileNamePattern.exec(name) ?? [];
      if (kekId !== undefined && (only === undefined || kekId === only)) versions.push({ kekId, version: Number(version) });
    }
    return versions.sort((a, b) => a.kekId.localeCompare(b.kekId) || a.version - b.version);
  }

  async destroyVersion({ kekId, version }: KekVersion): Promise<void> {
    if (!kekIdPattern.test(kekId)) return;
    const name = fileName(kekId, version);
    this.#held.delete(name);
    this.#seen.delete(name);
    await destroySecretFile(this.#folder, name);
  }

  async health({ kekId, version }: KekVersion): Promise<void> {
    this.#key(kekId, version);
  }

  #key(kekId: string, version: number): KeyObject {
    if (!kekIdPattern.test(kekId)) throw new TacetError('kek_disabled');
    const name = fileName(kekId, version);
    const seen = this.#seen.get(name);
    if (seen) return seen;
    const key = this.#look(name);
    if (this.#seen.size === 0) setImmediate(() => this.#seen.clear());
    this.#seen.set(name, key);
    return key;
  }

  /** The key of a file that is there, is ours alone and has 32 bytes; everything else is `kek_disabled`. */
  #look(name: string): KeyObject {
    const path = join(this.#folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found || (found.mode & othersMask) !== 0) {
      this.#held.delete(name);
      throw new TacetError('kek_disabled');
    }
    const held = this.#held.get(name);
    if (held?.inode === found.ino && held.changedMs === found.ctimeMs) return held.key;
    const key = readKek(path);
    this.#held.set(name, { key, inode: found.ino, changedMs: found.ctimeMs });
    return key;
  }
}

/**
 * Opens the folder of master keys, making it where there is none. Throws an `Error` that names a file which others
 * may read or which has not 32 bytes.
 */
export async function openLocalProvider(variable: string, folder: string, drawNonce: NonceSource): Promise<LocalProvider> {
  await openPrivateFolder(variable, folder);
  const provider = new LocalProvider(folder, drawNonce);
  for (const { kekId, version } of await provider.describe()) {
    const name = fileName(kekId, version);
    const { mode, size } = statSync(join(folder, name));
    if ((mode & othersMask) !== 0) throw new Error(`${variable}: ${name} is readable by others; chmod 600 it`);
    if (size !== kekBytes) throw new Error(`${variable}: ${name} must have exactly ${kekBytes} bytes`);
  }
  return provider;
}

function fileName(kekId: string, version: number): string {
  return `${kekId}.${version}.key`;
}

function readKek(path: string): KeyObject {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new TacetError('kek_disabled', { cause: error });
  }
  if (bytes.length !== kekBytes) throw new TacetError('kek_disabled');
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
