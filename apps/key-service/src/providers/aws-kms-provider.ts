import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  CreateAliasCommand, CreateKeyCommand, DecryptCommand, DeleteAliasCommand, DescribeKeyCommand, EncryptCommand, KMSClient, KMSServiceException,
  ListAliasesCommand, ReEncryptCommand, ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { TacetError } from '@tacet/errors';
import { providerByte, RecordRefusedError, type DekBinding, type WrappedDek } from '@tacet/sealed-record';
import { kekIdOf, keyOf } from './kek-name.ts';
import type { KekVersion, KeyProvider } from './key-provider.ts';

/** A name of our own keys, which are aliases `alias/tacet/<key>/<version>`, or the ARN of somebody else's key. */
const keyPattern = /^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,63}|arn:aws[a-z-]{0,16}:kms:[a-z0-9-]{1,32}:[0-9]{12}:(?:key\/[A-Za-z0-9-]{1,64}|alias\/[A-Za-z0-9/_-]{1,200}))$/;
const aliasPattern = /^alias\/tacet\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})\/([1-9][0-9]{0,9})$/;
const secretBytes = 32;
/** How long KMS keeps a key that is to be deleted: its least. */
const pendingDays = 7;
/** A key that its owner rotates within KMS has one version for us. */
const onlyVersion = 1;

/** How KMS is reached. Credentials come from the chain of the SDK: the role of the machine or pod. */
export interface AwsKmsOptions {
  readonly name: string;
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly timeoutMs: number;
}

/**
 * Master keys in AWS KMS: they never leave it. A version of our own KEK is a KMS key behind an alias of its own;
 * `ReEncrypt` moves between them. The bound context is the encryption context, which KMS checks and writes to CloudTrail.
 */
export class AwsKmsProvider implements KeyProvider {
  readonly name = 'aws-kms';
  readonly isRemote = true;
  readonly #client: KMSClient;
  readonly #options: AwsKmsOptions;

  constructor(client: KMSClient, options: AwsKmsOptions) {
    this.#client = client;
    this.#options = options;
  }

  async wrap(kekVersion: number, binding: DekBinding, secret: KeyObject): Promise<Uint8Array> {
    const KeyId = this.#keyId({ kekId: binding.kekId, version: kekVersion });
    const command = new EncryptCommand({ KeyId, Plaintext: secret.export(), EncryptionContext: contextOf(binding) });
    return readBlob((await this.#call((abortSignal) => this.#client.send(command, { abortSignal }))).CiphertextBlob);
  }

  async unwrap(wrapped: WrappedDek): Promise<KeyObject> {
    const KeyId = this.#keyId({ kekId: wrapped.kekId, version: wrapped.kekVersion });
    const command = new DecryptCommand({ KeyId, CiphertextBlob: notEmpty(wrapped.blob), EncryptionContext: contextOf(wrapped) });
    const plaintext = readBlob((await this.#call((abortSignal) => this.#client.send(command, { abortSignal }))).Plaintext);
    if (plaintext.length !== secretBytes) throw new RecordRefusedError();
    const secret = createSecretKey(plaintext);
    plaintext.fill(0);
    return secret;
  }

  async rewrap(wrapped: WrappedDek, toKekVersion: number): Promise<Uint8Array> {
    const context = contextOf(wrapped);
    const command = new ReEncryptCommand({
      CiphertextBlob: notEmpty(wrapped.blob),
      SourceKeyId: this.#keyId({ kekId: wrapped.kekId, version: wrapped.kekVersion }),
      DestinationKeyId: this.#keyId({ kekId: wrapped.kekId, version: toKekVersion }),
      SourceEncryptionContext: context,
      DestinationEncryptionContext: context,
    });
    return readBlob((await this.#call((abortSignal) => this.#client.send(command, { abortSignal }))).CiphertextBlob);
  }

  /** Makes a KMS key and gives it the first alias above `newest` that is free. A key named by its ARN is rotated by its owner. */
  async rotate(kekId: string, newest: number): Promise<number> {
    const key = this.#key(kekId);
    if (key.startsWith('arn:')) throw new TacetError('conflict', { message: 'A key named by its ARN is rotated in KMS.' });
    const own = (await this.#listAliases()).filter((alias) => alias.key === key).map(({ version }) => version);
    const made = await this.#call((abortSignal) => this.#client.send(new CreateKeyCommand({ Description: `tacet ${key}` }), { abortSignal }));
    const TargetKeyId = made.KeyMetadata?.KeyId;
    if (TargetKeyId === undefined) throw invalidAnswer();
    for (let version = Math.max(newest, ...own) + 1; ; version++) {
      const command = new CreateAliasCommand({ AliasName: aliasOf(key, version), TargetKeyId });
      try {
        await this.#call((abortSignal) => this.#client.send(command, { abortSignal }));
        return version;
      } catch (error) {
        if (!(error instanceof Error) || (error.cause as Error | undefined)?.name !== 'AlreadyExistsException') throw error;
      }
    }
  }

  async describe(kekId?: string): Promise<readonly KekVersion[]> {
    const key = kekId === undefined ? undefined : this.#key(kekId);
    if (kekId !== undefined && key?.startsWith('arn:')) return (await this.#isEnabled(key)) ? [{ kekId, version: onlyVersion }] : [];
    const usable: KekVersion[] = [];
    for (const alias of await this.#listAliases()) {
      if (key !== undefined && alias.key !== key) continue;
      if (await this.#isEnabled(aliasOf(alias.key, alias.version))) usable.push({ kekId: kekIdOf(this.#options.name, alias.key), version: alias.version });
    }
    return usable.sort((a, b) => a.kekId.localeCompare(b.kekId) || a.version - b.version);
  }

  /** KMS keeps the key for 7 days, unusable, and then deletes it; somebody else's key is not ours to destroy. */
  async destroyVersion(kek: KekVersion): Promise<void> {
    const key = keyOrNothing(() => this.#key(kek.kekId));
    if (key === undefined) return;
    if (key.startsWith('arn:')) throw new TacetError('conflict', { message: 'A key named by its ARN is destroyed by its owner in KMS.' });
    const alias = (await this.#listAliases()).find((one) => one.key === key && one.version === kek.version);
    if (!alias) return;
    const command = new ScheduleKeyDeletionCommand({ KeyId: alias.target, PendingWindowInDays: pendingDays });
    await this.#call((abortSignal) => this.#client.send(command, { abortSignal })).catch((error: unknown) => {
      // It is pending already: a call before this one was cut off.
      if (!(error instanceof TacetError && error.code === 'kek_disabled')) throw error;
    });
    await this.#call((abortSignal) => this.#client.send(new DeleteAliasCommand({ AliasName: aliasOf(key, kek.version) }), { abortSignal }));
  }

  async health(kek: KekVersion): Promise<void> {
    if (!(await this.#isEnabled(this.#keyId(kek)))) throw new TacetError('kek_disabled');
  }

  close(): void {
    this.#client.destroy();
  }

  #key(kekId: string): string {
    return keyOf(kekId, this.#options.name, keyPattern);
  }

  #keyId({ kekId, version }: KekVersion): string {
    const key = this.#key(kekId);
    if (!key.startsWith('arn:')) return aliasOf(key, version);
    if (version !== onlyVersion) throw new TacetError('kek_disabled');
    return key;
  }

  async #isEnabled(KeyId: string): Promise<boolean> {
    try {
      const { KeyMetadata } = await this.#call((abortSignal) => this.#client.send(new DescribeKeyCommand({ KeyId }), { abortSignal }));
      return KeyMetadata?.KeyState === 'Enabled';
    } catch (error) {
      if (error instanceof TacetError && error.code === 'kek_disabled') return false;
      throw error;
    }
  }

  async #listAliases(): Promise<{ key: string; version: number; target: string }[]> {
    const found = [];
    for (let Marker: string | undefined; ; ) {
      const command = new ListAliasesCommand({ Marker });
      const page = await this.#call((abortSignal) => this.#client.send(command, { abortSignal }));
      for (const { AliasName, TargetKeyId } of page.Aliases ?? []) {
        const [, key, version] = aliasPattern.exec(AliasName ?? '') ?? [];
        if (key !== undefined && TargetKeyId !== undefined) found.push({ key, version: Number(version), target: TargetKeyId });
      }
      if (page.Truncated !== true || page.NextMarker === undefined) return found;
      Marker = page.NextMarker;
    }
  }

  async #call<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await send(AbortSignal.timeout(this.#options.timeoutMs));
    } catch (error) {
      throw toOwnError(error);
    }
  }
}

/** Opens a client; it connects with its first call. */
export function openAwsKmsProvider(options: AwsKmsOptions): AwsKmsProvider {
  const { region, endpoint } = options;
  // One attempt: whoever calls us decides whether to try again, and holds a transaction meanwhile.
  return new AwsKmsProvider(new KMSClient({ region, maxAttempts: 1, ...(endpoint === undefined ? {} : { endpoint }) }), options);
}

/** The bound context (WrappedDekV1) as KMS takes it: names and text. No KEK version, which `ReEncrypt` changes. */
function contextOf({ kekId, dekVersion, accountId, createdMs, commitment }: DekBinding): Record<string, string> {
  return {
    'tacet:provider': String(providerByte['aws-kms']),
    'tacet:kek_id': kekId,
    'tacet:dek_version': String(dekVersion),
    'tacet:account_id': Buffer.from(accountId).toString('hex'),
    'tacet:created_ms': String(createdMs),
    'tacet:dek_commitment': Buffer.from(commitment).toString('hex'),
  };
}

/** Of KMS' API reference, *Errors* of Encrypt, Decrypt and ReEncrypt. */
const disabledErrors: ReadonlySet<string> = new Set(['NotFoundException', 'DisabledException', 'KMSInvalidStateException', 'AccessDeniedException', 'InvalidArnException']);
const refusedErrors: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

function toOwnError(error: unknown): Error {
  // Causes are logged by type and code alone; messages of KMS name accounts and keys.
  if (!(error instanceof KMSServiceException)) return new TacetError('unavailable', { message: 'The provider of the master key does not answer.', cause: error, retryAfterMs: 2_000 });
  if (disabledErrors.has(error.name)) return new TacetError('kek_disabled', { cause: error });
  if (refusedErrors.has(error.name)) return new RecordRefusedError();
  const isTheirs = error.$fault === 'server' || error.name === 'ThrottlingException' || error.name === 'DependencyTimeoutException';
  if (isTheirs) return new TacetError('unavailable', { message: 'The provider of the master key does not serve.', cause: error, retryAfterMs: 2_000 });
  return new Error('KMS refused a request', { cause: error });
}

function aliasOf(key: string, version: number): string {
  return `alias/tacet/${key}/${version}`;
}

function keyOrNothing(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** KMS refuses an empty blob as a malformed request, not as one that does not open. */
function notEmpty(blob: Uint8Array): Uint8Array {
  if (blob.length === 0) throw new RecordRefusedError();
  return blob;
}

function readBlob(blob: Uint8Array | undefined): Buffer {
  if (!(blob instanceof Uint8Array)) throw invalidAnswer();
  return Buffer.from(blob.buffer, blob.byteOffset, blob.length);
}

function invalidAnswer(): TacetError {
  return new TacetError('unavailable', { message: 'The provider of the master key answered something that is not valid.' });
}
