import { mkdtempSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applicationEnvironment,
  createPortSource,
  deploymentPaths,
  ensureCertificates,
  ensureSecrets,
  startProcess,
  writeSecret,
  type ApplicationProcess,
  type DeploymentPaths,
} from '@tacet/constellation';
import { openPool, type Pool } from '@tacet/database';
import { createRpcClient, readTlsFolder, type RpcClient } from '@tacet/rpc';
import { createTestDatabase, eventually, type TestDatabase } from '@tacet/testing';
import { parse } from 'uuid';
import { Browser } from './browser.ts';
import { EdgeStandIn } from './edge-stand-in.ts';
import { KeyServiceStandIn } from './key-service-stand-in.ts';
import { LedgerStandIn } from './ledger-stand-in.ts';

export const password = 'correct horse battery staple';

/** The real process on a real Postgres, with its peers stood in for at the wire. */
export interface AccountUnderTest {
  readonly url: string;
  readonly process: ApplicationProcess;
  readonly paths: DeploymentPaths;
  readonly database: TestDatabase;
  /** As the owner of the tables. */
  readonly owner: Pool;
  readonly keys: KeyServiceStandIn;
  readonly ledger: LedgerStandIn;
  readonly edge: EdgeStandIn;
  readonly operator: RpcClient<'AccountAdmin'>;
  readonly directory: RpcClient<'KeyDirectory'>;
  readonly tlsOf: (identity: 'account' | 'edge' | 'operator' | 'pruner' | 'key-service' | 'billing') => ReturnType<typeof readTlsFolder>;
  readonly rpcAddress: string;
  /** A new verified account, signed in. */
  signIn(email?: string): Promise<{ browser: Browser; accountId: string; email: string }>;
  browser(): Browser;
  /** The newest mail to an address whose subject or text fits the pattern, waited for. */
  mailTo(email: string, pattern?: RegExp): Promise<{ subject: string; text: string }>;
  /** Starts the process anew (ending it first if it runs) and waits until its clients reach it again. */
  restart(): Promise<void>;
  /** Everything that the process printed. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

export async function startAccount(
  settings: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<AccountUnderTest> {
  const prepared = await prepare();
  const { folder, paths, database, owner, tlsOf } = prepared;
  const nextPort = createPortSource();
  const peers = await startPeers(tlsOf, nextPort);
  const { process, url, rpcAddress } = await launch(prepared, peers, nextPort, settings, flags);
  const operator = createRpcClient('AccountAdmin', { address: rpcAddress, tls: tlsOf('operator'), server: 'account' });
  const directory = createRpcClient('KeyDirectory', { address: rpcAddress, tls: tlsOf('edge'), server: 'account' });
  const reached = async () =>
    (await Promise.all([directory.Resolve({ hash: Buffer.alloc(32) }), operator.ListAccounts({ pageSize: 1 })])).length === 2;
  let people = 0;
  return {
    url,
    process,
    paths,
    database,
    owner,
    ...peers,
    operator,
    directory,
    tlsOf,
    rpcAddress,
    browser: () => new Browser(url),
    signIn: async (email = `person-${++people}@example.test`) => {
      const account = await operator.CreateAccount({ email, password }, { deadlineMs: 20_000 });
      const browser = new Browser(url);
      const { status, json } = await browser.post('/api/session', { email, password });
      if (status !== 200) throw new Error(`signing in answered ${status}`);
      return { browser, accountId: json.account.id as string, email: account.email };
    },
    mailTo: (email, pattern = /./) => eventually(`a mail to ${email}`, () => newestMail(paths.mail, email, pattern)),
    restart: async () => {
      await process.restart();
      await process.waitUntilReady();
      await eventually('the clients reach the process', reached);
    },
    log: () => readFile(process.logFile, 'utf8'),
    stop: async () => {
      operator.close();
      directory.close();
      await process.stop();
      await Promise.all([...Object.values(peers).map((peer) => peer.stop()), owner.end()]);
      await database.stop();
      await rm(folder, { recursive: true });
    },
  };
}

type TlsOf = AccountUnderTest['tlsOf'];
type Prepared = Pick<AccountUnderTest, 'paths' | 'database' | 'owner' | 'tlsOf'> & { readonly folder: string };
type StandIns = Pick<AccountUnderTest, 'keys' | 'ledger' | 'edge'>;

/** Secrets, certificates and a migrated database. */
async function prepare(): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-account-'));
  const paths = deploymentPaths(folder);
  await ensureSecrets(paths);
  await ensureCertificates(paths, Date.now());
  const database = await createTestDatabase('main');
  await writeSecret(paths.databaseUrl('tacet_account'), database.urlOf('tacet_account'));
  const owner = await openPool({ url: database.urlOf('tacet_owner'), applicationName: 'test', connectionsMax: 4 });
  return { folder, paths, database, owner, tlsOf: (identity) => readTlsFolder(paths.certificates(identity)) };
}

async function startPeers(tlsOf: TlsOf, nextPort: () => Promise<number>): Promise<StandIns> {
  const [keys, ledger, edge] = [new KeyServiceStandIn(), new LedgerStandIn(), new EdgeStandIn()];
  await keys.start(tlsOf('key-service'), await nextPort());
  await ledger.start(tlsOf('billing'), await nextPort());
  await edge.start(tlsOf('edge'), await nextPort());
  return { keys, ledger, edge };
}

/** Starts the process and waits until it is ready. */
async function launch(
  { folder, paths }: Prepared,
  { keys, ledger, edge }: StandIns,
  nextPort: () => Promise<number>,
  settings: Readonly<Record<string, string>>,
  flags: readonly string[],
): Promise<Pick<AccountUnderTest, 'process' | 'url' | 'rpcAddress'>> {
  const ports = { public: await nextPort(), rpc: await nextPort(), metrics: await nextPort() };
  const url = `http://127.0.0.1:${ports.public}`;
  const rpcAddress = `127.0.0.1:${ports.rpc}`;
  const addresses = {
    keys: `127.0.0.1:${keys.port}`,
    ledger: `127.0.0.1:${ledger.port}`,
    directory: rpcAddress,
    edgeInternalUrl: edge.url,
    accountPublicUrl: url,
  };
  const environment = applicationEnvironment({ application: 'account', name: 'account', ports }, { mode: 'embedded', paths, addresses });
  const process = await startProcess('account', { ...environment, ...settings }, { folder, workingFolder: folder, flags });
  await process.waitUntilReady();
  return { process, url, rpcAddress };
}

async function newestMail(folder: string, email: string, pattern: RegExp): Promise<{ subject: string; text: string } | undefined> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  for (const name of names.toReversed()) {
    const mail = JSON.parse(await readFile(join(folder, name), 'utf8')) as { to: string; subject: string; text: string };
    if (mail.to === email && pattern.test(`${mail.subject}\n${mail.text}`)) return mail;
  }
  return undefined;
}

/** The token in the link of a mail. */
export function tokenIn({ text }: { readonly text: string }): string {
  return /#token=([A-Za-z0-9_-]{43})/.exec(text)?.[1] ?? 'none';
}

export function bytesOf(id: string): Buffer {
  return Buffer.from(parse(id));
}
