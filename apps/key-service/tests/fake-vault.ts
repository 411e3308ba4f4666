import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the fake may misbehave. */
export type VaultFault = 'none' | 'slow' | 'sealed' | 'swaps' | 'nonsense';

/**
 * HashiCorp Vault's Transit engine at the wire, as its API documentation describes it and with the messages of its
 * source (sdk/helper/keysutil/policy.go): create, read, list, rotate, configure and trim keys, encrypt, decrypt, rewrap.
 */
export interface FakeVault {
  readonly address: string;
  readonly token: string;
  fault: VaultFault;
  /** Keys that the token may not use any more (403). */
  readonly denied: Set<string>;
  /** The body of each request, as text. */
  readonly bodies: string[];
  configure(key: string, minDecryptionVersion: number): void;
  /** Forgets everything about the newest version, as a Vault that was restored from a backup has. */
  forgetNewest(key: string): void;
  stop(): Promise<void>;
}

interface TransitKey {
  readonly versions: Map<number, Buffer>;
  latest: number;
  minDecryption: number;
  minEncryption: number;
  minAvailable: number;
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message?: string) {
    super(message ?? '');
    this.status = status;
  }
}

type Fields = Readonly<Record<string, unknown>>;

export async function startFakeVault(): Promise<FakeVault> {
  const keys = new Map<string, TransitKey>();
  const token = `hvs.${randomBytes(12).toString('hex')}`;
  const fake: Omit<FakeVault, 'address' | 'stop'> = {
    token,
    fault: 'none',
    denied: new Set(),
    bodies: [],
    configure: (name, min) => void (keys.get(name)!.minDecryption = min),
    forgetNewest: (name) => {
      const key = keys.get(name)!;
      key.versions.delete(key.latest--);
    },
  };
  let swapped: string | undefined;
  const handle = (request: IncomingMessage, body: Fields): unknown => {
    if (request.headers['x-vault-token'] !== token) throw new Refusal(403, 'permission denied');
    if (fake.fault === 'sealed') throw new Refusal(503, 'Vault is sealed');
    const url = new URL(request.url ?? '', 'http://vault');
    const [version, mount, action = '', name = '', more] = url.pathname.slice(1).split('/');
    if (version !== 'v1' || mount !== 'transit') throw new Refusal(404);
    if (fake.denied.has(name)) throw new Refusal(403, '1 error occurred:\n\t* permission denied\n\n');
    if (fake.fault === 'nonsense') return { data: { ciphertext: 7, plaintext: 'AA==', latest_version: 'x' } };
    const answer = act(keys, request.method ?? '', action, name, more, body, url.searchParams.get('list') === 'true');
    // Another caller's answer, as a confused cache in between would give.
    const ciphertext = (answer as { data?: { ciphertext?: string } } | undefined)?.data?.ciphertext;
    if (ciphertext === undefined || fake.fault !== 'swaps') return answer;
    swapped ??= encrypt(keys.get(name)!, { plaintext: randomBytes(32).toString('base64'), key_version: body['key_version'] });
    return { data: { ciphertext: swapped } };
  };
  const server = createServer((request, response) => {
    void serve(request, response, fake, handle);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(fake, {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, fake: Pick<FakeVault, 'fault' | 'bodies'>, handle: (request: IncomingMessage, body: Fields) => unknown): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  fake.bodies.push(text);
  if (fake.fault === 'slow') return;
  const reply = (status: number, body?: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body));
  try {
    const answer = handle(request, text === '' ? {} : (JSON.parse(text) as Fields));
    reply(answer === undefined ? 204 : 200, answer);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reply(error.status, { errors: error.message === '' ? [] : [error.message] });
  }
}

function act(keys: Map<string, TransitKey>, method: string, action: string, name: string, more: string | undefined, body: Fields, isList: boolean): unknown {
  if (action === 'keys' && name === '') {
    if (method !== 'GET' || !isList || keys.size === 0) throw new Refusal(404);
    return { data: { keys: [...keys.keys()].sort() } };
  }
  if (action === 'keys' && more === undefined && method === 'POST') {
    if (!keys.has(name)) keys.set(name, { versions: new Map([[1, randomBytes(32)]]), latest: 1, minDecryption: 1, minEncryption: 0, minAvailable: 0 });
    return describe(name, keys.get(name)!);
  }
  const key = keys.get(name);
  if (action === 'keys') {
    if (!key) throw new Refusal(404);
    if (more === undefined) return describe(name, key);
    return change(name, key, more, body);
  }
  if (!key) throw new Refusal(400, 'encryption key not found');
  if (action === 'encrypt') return { data: { ciphertext: encrypt(key, body) } };
  const plaintext = decrypt(key, String(body['ciphertext']));
  if (action === 'decrypt') return { data: { plaintext } };
  return { data: { ciphertext: encrypt(key, { plaintext, key_version: body['key_version'] }) } };
}

function describe(name: string, key: TransitKey): unknown {
  const times = Object.fromEntries([...key.versions.keys()].filter((version) => version >= key.minDecryption).map((version) => [version, 1_700_000_000]));
  return {
    data: { name, type: 'aes256-gcm96', keys: times, latest_version: key.latest, min_decryption_version: key.minDecryption, min_encryption_version: key.minEncryption, min_available_version: key.minAvailable },
  };
}

function change(name: string, key: TransitKey, what: string, body: Fields): unknown {
  if (what === 'rotate') {
    key.versions.set(++key.latest, randomBytes(32));
    return describe(name, key);
  }
  if (what === 'config') {
    const minDecryption = Number(body['min_decryption_version'] ?? key.minDecryption);
    if (minDecryption > key.latest) throw new Refusal(400, `cannot set min decryption version of ${minDecryption}, latest key version is ${key.latest}`);
    key.minDecryption = minDecryption;
    key.minEncryption = Number(body['min_encryption_version'] ?? key.minEncryption);
    return describe(name, key);
  }
  const min = Number(body['min_available_version']);
  if (key.minEncryption === 0) throw new Refusal(400, 'minimum available version cannot be set when minimum encryption version is not set');
  if (min > key.minDecryption) throw new Refusal(400, 'minimum available version cannot be higher than minimum decryption version');
  key.minAvailable = min;
  for (const version of key.versions.keys()) if (version < min) key.versions.delete(version);
  return undefined;
}

function encrypt(key: TransitKey, body: Fields): string {
  const version = Number(body['key_version'] ?? 0) || key.latest;
  if (version > key.latest) throw new Refusal(400, 'requested version for encryption is higher than the latest key version');
  if (version < key.minEncryption) throw new Refusal(400, 'requested version for encryption is less than the minimum encryption key version');
  // Versions below the one that may decrypt are archived.
  if (version < key.minDecryption) throw new Refusal(500, 'no such key version found');
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.versions.get(version)!, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(Buffer.from(String(body['plaintext']), 'base64')), cipher.final(), cipher.getAuthTag()]);
  return `vault:v${version}:${sealed.toString('base64')}`;
}

function decrypt(key: TransitKey, ciphertext: string): string {
  if (!ciphertext.startsWith('vault:v')) throw new Refusal(400, 'invalid ciphertext: no prefix');
  const [version, base64 = ''] = ciphertext.slice(7).split(':');
  if (Number(version) > key.latest) throw new Refusal(400, 'invalid ciphertext: version is too new');
  if (Number(version) < key.minDecryption) throw new Refusal(400, 'ciphertext or signature version is disallowed by policy (too old)');
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < 28) throw new Refusal(400, 'invalid ciphertext length');
  const decipher = createDecipheriv('aes-256-gcm', key.versions.get(Number(version))!, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('base64');
  } catch {
    throw new Refusal(400, 'cipher: message authentication failed');
  }
}
