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

/** Where one test's files are, and what its processes are given. */
interface Grounds {
  readonly folder: string;
  readonly logs: string;
  readonly nextPort: () => Promise<number>;
  /** key-service's door. */
  readonly keysAddress: string;
  readonly epochFolder: string;
}

export async function startPrunerTest(): Promise<PrunerUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-pruner-'));
  const [main, keystore, authority] = await Promise.all([createTestDatabase('main'), createTestDatabase('keystore'), makeAuthority()]);
  const nextPort = createPortSource();
  const grounds = { folder, logs: join(folder, 'logs'), nextPort, keysAddress: `127.0.0.1:${await nextPort()}`, epochFolder: join(folder, 'epochs') };
  await mkdir(grounds.logs);
  for (const identity of ['key-service', 'pruner'] as const) await issueInto(join(folder, identity), authority, { identity });
  await writeFile(join(folder, 'keystore.url'), keystore.urlOf('tacet_key_service'), { mode: 0o600 });
  await writeFile(join(folder, 'main.url'), main.urlOf('tacet_pruner'), { mode: 0o600 });
  const keyServiceClock = await createMovableClock(folder, 'key-service', 0);
  const keyService = await startKeyService(grounds, keyServiceClock);
  const { certificate, key } = await issue(authority, { identity: 'account' });
  const tls = { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
  const options = { address: grounds.keysAddress, tls, server: 'key-service' } as const;
  const [keys, seals] = [createRpcClient('KeyService', options), createRpcClient('SealService', options)];
  const admin = new pg.Client({ connectionString: main.adminUrl });
  await admin.connect();
  const started: ApplicationProcess[] = [];
  const start: PrunerUnderTest['start'] = async (args, variables, clock) => {
    const process = await startPruner(grounds, args, variables, clock);
    started.push(process);
    return process;
  };
  return {
    main,
    admin,
    keyService,
    keyServiceClock,
    epochFolder: grounds.epochFolder,
    keys,
    seals,
    start,
    sweep: async (args = [], variables = {}) => outcomeOf(await start(['sweep', ...args], variables)),
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

async function startKeyService({ folder, logs, nextPort, keysAddress, epochFolder }: Grounds, clock: MovableClock): Promise<ApplicationProcess> {
  const environment = {
    TACET_METRICS_PORT: String(await nextPort()),
    TACET_TLS_DIR: join(folder, 'key-service'),
    TACET_KEY_SERVICE_RPC_PORT: keysAddress.split(':')[1] ?? '',
    TACET_KEYSTORE_URL_FILE: join(folder, 'keystore.url'),
    TACET_KEY_SERVICE_KEK_DIR: join(folder, 'keks'),
    TACET_KEY_SERVICE_EPOCH_DIR: epochFolder,
  };
  const process = await startProcess('key-service', environment, { folder: logs, workingFolder: folder, flags: clock.flags });
  await process.waitUntilReady();
  return process;
}

let runs = 0;

async function startPruner(grounds: Grounds, args: readonly string[], variables: Readonly<Record<string, string>> = {}, clock?: MovableClock): Promise<ApplicationProcess> {
  const { folder, logs, nextPort, keysAddress } = grounds;
  const environment = {
    TACET_METRICS_PORT: String(await nextPort()),
    TACET_TLS_DIR: join(folder, 'pruner'),
    TACET_POSTGRES_URL_FILE: join(folder, 'main.url'),
    TACET_KEYS_ADDRESS: keysAddress,
    ...variables,
  };
  return startProcess('pruner', environment, { folder: logs, workingFolder: folder, name: `pruner-${++runs}`, arguments: args, flags: clock?.flags ?? [] });
}

/** What a sweep came to, when it has ended. */
async function outcomeOf(process: ApplicationProcess): Promise<SweepOutcome> {
  const { code } = await process.ended;
  const log = await readFile(process.logFile, 'utf8');
  const events = log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, events, log };
}
