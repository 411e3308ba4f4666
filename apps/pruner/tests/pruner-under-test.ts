import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issue, issueInto, makeAuthority } from '@tacet/certificates';
import { createMovableClock, createPortSource, startProcess, type ApplicationProcess, type MovableClock } from '@tacet/constellation';
import { createRpcClient, type RpcClient } from '@tacet/rpc';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import pg from 'pg';

/** The real databases and key-service, and pruners as processes. */
export interface PrunerUnderTest {
  readonly main: TestDatabase;
  /** A superuser on the main database. */
  readonly admin: pg.Client;
  readonly keyService: ApplicationProcess;
  readonly keyServiceClock: MovableClock;
  readonly epochFolder: string;
  /** key-service, as account calls it. */
  readonly keys: RpcClient<'KeyService'>;
  readonly seals: RpcClient<'SealService'>;
  /** Starts `main.ts` with arguments; does not wait. */
  start(args: readonly string[], variables?: Readonly<Record<string, string>>, clock?: MovableClock): Promise<ApplicationProcess>;
  /** Runs one sweep to its end. */
  sweep(args?: readonly string[], variables?: Readonly<Record<string, string>>): Promise<SweepOutcome>;
  createClock(name: string): Promise<MovableClock>;
  stop(): Promise<void>;
}

export interface SweepOutcome {
  readonly code: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly log: string;
}

export async function startPrunerTest(): Promise<PrunerUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-pruner-'));
  const [main, keystore, authority] = await Promise.all([createTestDatabase('main'), createTestDatabase('keystore'), makeAuthority()]);
  const nextPort = createPortSource();
  const logs = join(folder, 'logs');
  await mkdir(logs);
  for (const identity of ['key-service', 'pruner'] as const) await issueInto(join(folder, identity), authority, { identity });
  await writeFile(join(folder, 'keystore.url'), keystore.urlOf('tacet_key_service'), { mode: 0o600 });
  await writeFile(join(folder, 'main.url'), main.urlOf('tacet_pruner'), { mode: 0o600 });
  const port = await nextPort();
  const epochFolder = join(folder, 'epochs');
  const keyServiceClock = await createMovableClock(folder, 'key-service', 0);
  const keyServiceEnvironment = {
    TACET_METRICS_PORT: String(await nextPort()),
    TACET_TLS_DIR: join(folder, 'key-service'),
    TACET_KEY_SERVICE_RPC_PORT: String(port),
    TACET_KEYSTORE_URL_FILE: join(folder, 'keystore.url'),
    TACET_KEY_SERVICE_KEK_DIR: join(folder, 'keks'),
    TACET_KEY_SERVICE_EPOCH_DIR: epochFolder,
  };
  const keyService = await startProcess('key-service', keyServiceEnvironment, { folder: logs, workingFolder: folder, flags: keyServiceClock.flags });
  await keyService.waitUntilReady();
  const { certificate, key } = await issue(authority, { identity: 'account' });
  const tls = { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
  const options = { address: `127.0.0.1:${port}`, tls, server: 'key-service' } as const;
  const [keys, seals] = [createRpcClient('KeyService', options), createRpcClient('SealService', options)];
  const admin = new pg.Client({ connectionString: main.adminUrl });
  await admin.connect();
  const started: ApplicationProcess[] = [];
  let runs = 0;
  const start = async (args: readonly string[], variables: Readonly<Record<string, string>> = {}, clock?: MovableClock) => {
    const environment = {
      TACET_METRICS_PORT: String(await nextPort()),
      TACET_TLS_DIR: join(folder, 'pruner'),
      TACET_POSTGRES_URL_FILE: join(folder, 'main.url'),
      TACET_KEYS_ADDRESS: `127.0.0.1:${port}`,
      ...variables,
    };
    const process = await startProcess('pruner', environment, { folder: logs, workingFolder: folder, name: `pruner-${++runs}`, arguments: args, flags: clock?.flags ?? [] });
    started.push(process);
    return process;
  };
  return {
    main,
    admin,
    keyService,
    keyServiceClock,
    epochFolder,
    keys,
    seals,
    start,
    sweep: async (args = [], variables = {}) => {
      const process = await start(['sweep', ...args], variables);
      const { code } = await process.ended;
      const log = await readFile(process.logFile, 'utf8');
      const events = log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
      return { code, events, log };
    },
    createClock: (name) => createMovableClock(folder, name, 0),
    stop: async () => {
      keys.close();
      seals.close();
      await admin.end();
      await Promise.all([...started, keyService].filter((process) => process.running).map((process) => process.stop()));
      await Promise.all([main.stop(), keystore.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}
