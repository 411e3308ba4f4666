import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type KmsFault = 'none' | 'slow' | 'down' | 'swaps' | 'nonsense';

/**
 * AWS KMS at the wire, as its API reference describes it (`x-amz-json-1.1`, `TrentService`): the calls that the provider
 * makes, their errors, key states, and ciphertext that is bound to key and encryption context.
 */
export interface FakeKms {
  readonly endpoint: string;
  fault: KmsFault;
  /** Sets the state of the key behind an alias or ARN: DisableKey, EnableKey. */
  setState(keyId: string, state: 'Enabled' | 'Disabled'): void;
  /** Makes a key that somebody else owns; returns its ARN. */
  createKey(): string;
  stop(): Promise<void>;
}

interface KmsKey {
  readonly id: string;
  readonly secret: Buffer;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
}

class KmsError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const arnPrefix = 'arn:aws:kms:eu-central-1:111122223333:';

class Kms {
  readonly keys = new Map<string, KmsKey>();
  readonly aliases = new Map<string, string>();

  create(): KmsKey {
    const key: KmsKey = { id: randomUUID(), secret: randomBytes(32), state: 'Enabled' };
    this.keys.set(key.id, key);
    return key;
  }

  find(keyId: unknown): KmsKey {
    const name = String(keyId).replace(arnPrefix, '').replace(/^key\//, '');
    const found = this.keys.get(name.startsWith('alias/') ? (this.aliases.get(name) ?? '') : name);
    if (!found) throw new KmsError('NotFoundException');
    return found;
  }

  usable(keyId: unknown): KmsKey {
    const key = this.find(keyId);
    if (key.state === 'Disabled') throw new KmsError('DisabledException');
    if (key.state === 'PendingDeletion') throw new KmsError('KMSInvalidStateException');
    return key;
  }
}

export async function startFakeKms(): Promise<FakeKms> {
  const kms = new Kms();
  const fake = { fault: 'none' as KmsFault };
  let swapped: unknown;
  const answer = (target: string, text: string): { status: number; body: unknown } => {
    if (fake.fault === 'down') return { status: 500, body: { __type: 'KMSInternalException' } };
    if (fake.fault === 'nonsense') return { status: 200, body: { KeyMetadata: 7 } };
    try {
      const fields = JSON.parse(text) as Fields;
      const body = act(kms, target, fields) as { CiphertextBlob?: string };
      if (fake.fault !== 'swaps' || body.CiphertextBlob === undefined) return { status: 200, body };
      // What it answered another caller, whose secret it wrapped under the same key.
      swapped ??= act(kms, 'Encrypt', { KeyId: fields['KeyId'] ?? fields['DestinationKeyId'], Plaintext: randomBytes(32).toString('base64'), EncryptionContext: fields['EncryptionContext'] ?? {} });
      return { status: 200, body: swapped };
    } catch (error) {
      if (!(error instanceof KmsError)) throw error;
      return { status: 400, body: { __type: error.message, message: 'a message that names account 111122223333' } };
    }
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (fake.fault === 'slow') return;
      const signed = String(request.headers.authorization).startsWith('AWS4-HMAC-SHA256 ');
      const target = String(request.headers['x-amz-target']).replace('TrentService.', '');
      const { status, body } = signed ? answer(target, Buffer.concat(parts).toString('utf8')) : { status: 400, body: { __type: 'MissingAuthenticationTokenException' } };
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(fake, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setState: (keyId: string, state: 'Enabled' | 'Disabled') => void (kms.find(keyId).state = state),
    createKey: () => `${arnPrefix}key/${kms.create().id}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function act(kms: Kms, action: string, fields: Fields): unknown {
  switch (action) {
    case 'CreateKey':
      return { KeyMetadata: { KeyId: kms.create().id, KeyState: 'Enabled' } };
    case 'CreateAlias':
      if (kms.aliases.has(String(fields['AliasName']))) throw new KmsError('AlreadyExistsException');
      kms.aliases.set(String(fields['AliasName']), kms.find(fields['TargetKeyId']).id);
      return {};
    case 'DeleteAlias':
      if (!kms.aliases.delete(String(fields['AliasName']))) throw new KmsError('NotFoundException');
      return {};
    case 'ListAliases': {
      // One a page, so that paging is followed.
      const all = [...kms.aliases].map(([AliasName, TargetKeyId]) => ({ AliasName, TargetKeyId }));
      const at = Number(fields['Marker'] ?? 0);
      return { Aliases: all.slice(at, at + 1), Truncated: at + 1 < all.length, ...(at + 1 < all.length ? { NextMarker: String(at + 1) } : {}) };
    }
    case 'DescribeKey': {
      const { id, state } = kms.find(fields['KeyId']);
      return { KeyMetadata: { KeyId: id, KeyState: state } };
    }
    case 'ScheduleKeyDeletion': {
      const key = kms.find(fields['KeyId']);
      if (key.state === 'PendingDeletion') throw new KmsError('KMSInvalidStateException');
      key.state = 'PendingDeletion';
      return { KeyId: key.id };
    }
    case 'Encrypt':
      return { CiphertextBlob: encrypt(kms.usable(fields['KeyId']), String(fields['Plaintext']), fields['EncryptionContext']) };
    case 'Decrypt':
      return { Plaintext: decrypt(kms, fields['KeyId'], String(fields['CiphertextBlob']), fields['EncryptionContext']) };
    case 'ReEncrypt': {
      const target = kms.usable(fields['DestinationKeyId']);
      const plaintext = decrypt(kms, fields['SourceKeyId'], String(fields['CiphertextBlob']), fields['SourceEncryptionContext']);
      return { CiphertextBlob: encrypt(target, plaintext, fields['DestinationEncryptionContext']) };
    }
    default:
      throw new KmsError('UnknownOperationException');
  }
}

/** As KMS: the order of the context's names does not matter. */
function aadOf(context: unknown): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function encrypt({ id, secret }: KmsKey, plaintext: string, context: unknown): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(aadOf(context));
  const sealed = [cipher.update(Buffer.from(plaintext, 'base64')), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([Buffer.from(id), nonce, ...sealed]).toString('base64');
}

function decrypt(kms: Kms, keyId: unknown, ciphertext: string, context: unknown): string {
  const blob = Buffer.from(ciphertext, 'base64');
  const named = kms.usable(keyId);
  const used = kms.keys.get(blob.subarray(0, 36).toString('latin1'));
  if (!used || blob.length < 36 + 28) throw new KmsError('InvalidCiphertextException');
  if (used !== named) throw new KmsError('IncorrectKeyException');
  const decipher = createDecipheriv('aes-256-gcm', used.secret, blob.subarray(36, 48)).setAAD(aadOf(context)).setAuthTag(blob.subarray(-16));
  try {
    return Buffer.concat([decipher.update(blob.subarray(48, -16)), decipher.final()]).toString('base64');
  } catch {
    throw new KmsError('InvalidCiphertextException');
  }
}
