import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError, type DekBinding, type WrappedDek } from '@tacet/sealed-record';
import pkcs11js from 'pkcs11js';
import { kekIdOf, keyOf } from './kek-name.ts';
import type { KekVersion, KeyProvider } from './key-provider.ts';

const keyPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const labelPattern = /^tacet\.([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.([1-9][0-9]{0,9})$/;
const [secretBytes, ivBytes, tagBytes] = [32, 12, 16];
/** Objects that one search gives back. */
const objectsMax = 10_000;

/** Which token of which library is used. */
export interface Pkcs11Options {
  readonly name: string;
  /** The vendor's library. */
  readonly module: string;
  readonly tokenLabel: string;
  readonly pin: string;
}

/**
 * Master keys in a token that speaks PKCS#11 (an HSM): AES-256 keys that cannot be read out, labelled
 * `tacet.<key>.<version>`. AES-GCM without associated data, which tokens handle differently; a DEK is bound by its
 * commitment. Blob: IV 12 ‖ ciphertext 32 ‖ tag 16. The library is called in this thread, one call after the other.
 */
export class Pkcs11Provider implements KeyProvider {
  readonly name = 'pkcs11';
  readonly isRemote = true;
  readonly #module: pkcs11js.PKCS11;
  readonly #session: pkcs11js.Handle;
  readonly #name: string;
  readonly #release: () => void;

  constructor(module: pkcs11js.PKCS11, session: pkcs11js.Handle, name: string, release: () => void) {
    this.#module = module;
    this.#session = session;
    this.#name = name;
    this.#release = release;
  }

  async wrap(kekVersion: number, binding: DekBinding, secret: KeyObject): Promise<Uint8Array> {
    const key = this.#find({ kekId: binding.kekId, version: kekVersion });
    const iv = randomBytes(ivBytes);
    const sealed = run(() => {
      this.#module.C_EncryptInit(this.#session, gcm(iv), key);
      return this.#module.C_Encrypt(this.#session, secret.export(), Buffer.alloc(secretBytes + tagBytes));
    });
    return Buffer.concat([iv, sealed]);
  }

  async unwrap(wrapped: WrappedDek): Promise<KeyObject> {
    const key = this.#find({ kekId: wrapped.kekId, version: wrapped.kekVersion });
    const blob = Buffer.from(wrapped.blob);
    if (blob.length !== ivBytes + secretBytes + tagBytes) throw new RecordRefusedError();
    const plaintext = run(() => {
      this.#module.C_DecryptInit(this.#session, gcm(blob.subarray(0, ivBytes)), key);
      return this.#module.C_Decrypt(this.#session, blob.subarray(ivBytes), Buffer.alloc(secretBytes + tagBytes));
    });
    if (plaintext.length !== secretBytes) throw new RecordRefusedError();
    const secret = createSecretKey(plaintext);
    plaintext.fill(0);
    return secret;
  }

  async rewrap(wrapped: WrappedDek, toKekVersion: number): Promise<Uint8Array> {
    return this.wrap(toKekVersion, wrapped, await this.unwrap(wrapped));
  }

  /** Tokens keep no label unique; several processes take turns by the keystore's lock. */
  async rotate(kekId: string, newest: number): Promise<number> {
    const key = keyOf(kekId, this.#name, keyPattern);
    const own = this.#list().filter((kek) => kek.kekId === kekId).map(({ version }) => version);
    const version = Math.max(newest, ...own) + 1;
    run(() => this.#module.C_GenerateKey(this.#session, { mechanism: pkcs11js.CKM_AES_KEY_GEN }, [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
      { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_AES },
      { type: pkcs11js.CKA_VALUE_LEN, value: secretBytes },
      { type: pkcs11js.CKA_LABEL, value: labelOf(key, version) },
      { type: pkcs11js.CKA_TOKEN, value: true },
      { type: pkcs11js.CKA_PRIVATE, value: true },
      { type: pkcs11js.CKA_SENSITIVE, value: true },
      { type: pkcs11js.CKA_EXTRACTABLE, value: false },
      { type: pkcs11js.CKA_ENCRYPT, value: true },
      { type: pkcs11js.CKA_DECRYPT, value: true },
    ]));
    return version;
  }

  async describe(kekId?: string): Promise<readonly KekVersion[]> {
    const all = this.#list();
    return kekId === undefined ? all : all.filter((kek) => kek.kekId === kekId);
  }

  async destroyVersion(kek: KekVersion): Promise<void> {
    for (const object of this.#search(kek)) run(() => this.#module.C_DestroyObject(this.#session, object));
  }

  async health(kek: KekVersion): Promise<void> {
    this.#find(kek);
  }

  close(): void {
    try {
      this.#module.C_CloseSession(this.#session);
    } finally {
      this.#release();
    }
  }

  #find(kek: KekVersion): pkcs11js.Handle {
    const [object] = this.#search(kek);
    if (!object) throw new TacetError('kek_disabled');
    return object;
  }

  /** Looked for on each use: a key that was taken away in the token is disabled at once. */
  #search({ kekId, version }: KekVersion): readonly pkcs11js.Handle[] {
    let key: string;
    try {
      key = keyOf(kekId, this.#name, keyPattern);
    } catch {
      return [];
    }
    return this.#objects([{ type: pkcs11js.CKA_LABEL, value: labelOf(key, version) }]);
  }

  #list(): KekVersion[] {
    const versions: KekVersion[] = [];
    for (const object of this.#objects([])) {
      const [attribute] = run(() => this.#module.C_GetAttributeValue(this.#session, object, [{ type: pkcs11js.CKA_LABEL }]));
      const [, key, version] = labelPattern.exec(String(attribute?.value ?? '')) ?? [];
      if (key !== undefined) versions.push({ kekId: kekIdOf(this.#name, key), version: Number(version) });
    }
    return versions.sort((a, b) => a.kekId.localeCompare(b.kekId) || a.version - b.version);
  }

  #objects(template: pkcs11js.Template): readonly pkcs11js.Handle[] {
    return run(() => {
      this.#module.C_FindObjectsInit(this.#session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY }, ...template]);
      try {
        return this.#module.C_FindObjects(this.#session, objectsMax);
      } finally {
        this.#module.C_FindObjectsFinal(this.#session);
      }
    });
  }
}

/**
 * Loads the library, finds the token by its label and logs in. Throws an `Error` that names the provider. Of one library
 * several providers may be open, as while `providers.yaml` is read anew.
 */
export function openPkcs11Provider({ name, module: library, tokenLabel, pin }: Pkcs11Options): Pkcs11Provider {
  let loaded: LoadedLibrary | undefined;
  try {
    loaded = loadLibrary(library);
    const { module } = loaded;
    const slot = module.C_GetSlotList(true).find((one) => module.C_GetTokenInfo(one).label.trim() === tokenLabel);
    if (!slot) throw new Error('there is no token of that label');
    const session = module.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION | pkcs11js.CKF_RW_SESSION);
    logIn(module, session, pin);
    return new Pkcs11Provider(module, session, name, () => releaseLibrary(library));
  } catch (error) {
    if (loaded) releaseLibrary(library);
    throw new Error(`the token of the provider ${name} cannot be used`, { cause: error });
  }
}

interface LoadedLibrary {
  readonly module: pkcs11js.PKCS11;
  users: number;
}

/** A library is initialized once in a process (PKCS#11 §5.4), whoever uses it. */
const libraries = new Map<string, LoadedLibrary>();

function loadLibrary(path: string): LoadedLibrary {
  const loaded = libraries.get(path) ?? { module: initialize(path), users: 0 };
  loaded.users++;
  libraries.set(path, loaded);
  return loaded;
}

function initialize(path: string): pkcs11js.PKCS11 {
  const module = new pkcs11js.PKCS11();
  module.load(path);
  module.C_Initialize();
  return module;
}

function releaseLibrary(path: string): void {
  const loaded = libraries.get(path);
  if (!loaded || --loaded.users > 0) return;
  libraries.delete(path);
  loaded.module.C_Finalize();
  loaded.module.close();
}

/** All sessions of a process share one log-in to a token. */
function logIn(module: pkcs11js.PKCS11, session: pkcs11js.Handle, pin: string): void {
  try {
    module.C_Login(session, pkcs11js.CKU_USER, pin);
  } catch (error) {
    if (!(error instanceof pkcs11js.Pkcs11Error) || error.code !== pkcs11js.CKR_USER_ALREADY_LOGGED_IN) throw error;
  }
}

function gcm(iv: Buffer): pkcs11js.Mechanism {
  const parameter: pkcs11js.AesGCM = { type: pkcs11js.CK_PARAMS_AES_GCM, iv, ivBits: ivBytes * 8, tagBits: tagBytes * 8 };
  return { mechanism: pkcs11js.CKM_AES_GCM, parameter };
}

function labelOf(key: string, version: number): string {
  return `tacet.${key}.${version}`;
}

/** What the standard (PKCS#11 §5.1) says of data that does not open; SoftHSM says `CKR_GENERAL_ERROR`. */
const refusedCodes: ReadonlySet<number> = new Set([
  pkcs11js.CKR_ENCRYPTED_DATA_INVALID, pkcs11js.CKR_ENCRYPTED_DATA_LEN_RANGE, pkcs11js.CKR_GENERAL_ERROR, pkcs11js.CKR_DATA_INVALID,
]);
const disabledCodes: ReadonlySet<number> = new Set([pkcs11js.CKR_KEY_HANDLE_INVALID, pkcs11js.CKR_KEY_FUNCTION_NOT_PERMITTED, pkcs11js.CKR_OBJECT_HANDLE_INVALID]);

function run<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    const code = error instanceof pkcs11js.Pkcs11Error ? error.code : undefined;
    if (code !== undefined && refusedCodes.has(code)) throw new RecordRefusedError();
    if (code !== undefined && disabledCodes.has(code)) throw new TacetError('kek_disabled');
    throw new TacetError('unavailable', { message: 'The token of the master key does not serve.', cause: error, retryAfterMs: 2_000 });
  }
}
