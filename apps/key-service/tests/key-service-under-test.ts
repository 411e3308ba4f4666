import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issue, issueInto, makeAuthority, type Authority } from '@tacet/certificates';
import { createMovableClock, createPortSource, startProcess, type ApplicationProcess, type MovableClock } from '@tacet/constellation';
import { createRpcClient, identities, type Identity, type RpcClient, type TlsFiles } from '@tacet/rpc';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';

/** The real process on a real keystore, with clients of every identity. */
export interface KeyServiceUnderTest {
  readonly process: ApplicationProcess;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly kekFolder: string;
  readonly epochFolder: string;
  /** Issues the process a new certificate, of so many days, into its folder. */
  renewCertificate(days: number): Promise<void>;
  readonly clock: MovableClock;
  readonly tls: Readonly<Record<Identity, TlsFiles>>;
  keys(identity: Identity): RpcClient<'KeyService'>;
  seals(identity: Identity): RpcClient<'SealService'>;
  /** Stops the process, starts it again with further variables, and waits until it is ready; clients connect anew. */
  restart(variables?: Readonly<Record<string, string>>): Promise<void>;
  /** Everything that the process printed. */
  log(): Promise<string>;
  /** A second process on the same keystore, keys and epochs (its clients are its own). */
  startReplica(variables?: Readonly<Record<string, string>>): Promise<KeyServiceUnderTest>;
  stop(): Promise<void>;
}

interface Shared {
  readonly authority: Authority;
  readonly folder: string;
  readonly database: TestDatabase;
  readonly tls: Readonly<Record<Identity, TlsFiles>>;
  readonly nextPort: () => Promise<number>;
}

/** Starts key-service with a DEK cache of one second; `variables` override. Waits until it is ready unless told otherwise. */
export async function startKeyService(variables: Readonly<Record<string, string>> = {}): Promise<KeyServiceUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-key-service-'));
  const authority = await makeAuthority();
  const database = await createTestDatabase('keystore');
  await issueInto(join(folder, 'tls'), authority, { identity: 'key-service' });
  await writeFile(join(folder, 'keystore.url'), database.urlOf('tacet_key_service'), { mode: 0o600 });
  await mkdir(join(folder, 'logs'));
  const tls = Object.fromEntries(await Promise.all(identities.map(async (identity) => [identity, await tlsOf(authority, identity)]))) as Record<Identity, TlsFiles>;
  const shared = { authority, folder, database, tls, nextPort: createPortSource() };
  const cleanUp = async () => {
    await database.stop();
    await rm(folder, { recursive: true });
  };
  try {
    const first = await startOne(shared, 'key-service', variables);
    return { ...first, stop: () => first.stop().then(cleanUp) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function tlsOf(authority: Authority, identity: Identity): Promise<TlsFiles> {
  const { certificate, key } = await issue(authority, { identity });
  return { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
}

async function startOne(shared: Shared, name: string, variables: Readonly<Record<string, string>>): Promise<KeyServiceUnderTest> {
  const { authority, folder, database, tls, nextPort } = shared;
  const port = await nextPort();
  const clock = await createMovableClock(folder, name, 0);
  const kekFolder = join(folder, 'keks');
  const epochFolder = join(folder, 'epochs');
  const environment = {
    TACET_METRICS_PORT: String(await nextPort()),
    TACET_TLS_DIR: join(folder, 'tls'),
    TACET_KEY_SERVICE_RPC_PORT: String(port),
    TACET_KEYSTORE_URL_FILE: join(folder, 'keystore.url'),
    TACET_KEY_SERVICE_KEK_DIR: kekFolder,
    TACET_KEY_SERVICE_EPOCH_DIR: epochFolder,
    TACET_KEY_SERVICE_DEK_CACHE_MS: '1000',
    ...variables,
  };
  const process = await startProcess('key-service', environment, { folder: join(folder, 'logs'), workingFolder: folder, name, flags: clock.flags });
  await process.waitUntilReady();
  const clients = new Map<string, { close(): void }>();
  const client = <S extends 'KeyService' | 'SealService'>(service: S, identity: Identity): RpcClient<S> => {
    const key = `${service} ${identity}`;
    const made = clients.get(key) ?? createRpcClient(service, { address: `127.0.0.1:${port}`, tls: tls[identity], server: 'key-service' });
    clients.set(key, made);
    return made as RpcClient<S>;
  };
  return {
    process,
    database,
    folder,
    kekFolder,
    epochFolder,
    clock,
    tls,
    renewCertificate: (days) => issueInto(join(folder, 'tls'), authority, { identity: 'key-service', days }),
    keys: (identity) => client('KeyService', identity),
    seals: (identity) => client('SealService', identity),
    restart: async (further = {}) => {
      // A channel that saw the process gone would wait before it tries again.
      for (const open of clients.values()) open.close();
      clients.clear();
      await process.restart(further);
      await process.waitUntilReady();
    },
    log: () => readFile(process.logFile, 'utf8'),
    startReplica: (further = {}) => startOne(shared, `replica-${randomBytes(3).toString('hex')}`, { ...variables, ...further }),
    stop: async () => {
      for (const open of clients.values()) open.close();
      if (process.running) await process.stop();
    },
  };
}
