/**
 * Goal: whatever moment a billing process is killed at, every record is charged exactly once and the books agree to the
 * nano-dollar. Method: two real processes with a real PostgreSQL and a real Kafka; edges publish checkpoints and finals (some
 * twice), hand others over directly, and take leases over mutual TLS, while one process after the other is killed with
 * SIGKILL in the middle of it and started again. The expectation is computed from the last record of each request alone.
 */
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issue, issueInto, makeAuthority, type Authority } from '@tacet/certificates';
import { startProcess, type ApplicationProcess } from '@tacet/constellation';
import { charge } from '@tacet/pricing';
import { createRpcClient, type Identity, type RpcClient } from '@tacet/rpc';
import { freePort, startKafka, type KafkaServer } from '@tacet/servers';
import { createTestDatabase, eventually, type TestDatabase } from '@tacet/testing';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { encode, makeId, TestEdge } from './support/make.ts';
import { seededRandom } from './support/seeded-random.ts';
import { TestUsageLog } from './support/usage-log.ts';

const rates = { inputPico: 3_000n, cachedPico: 1_000n, outputPico: 7_000n };
const creditNano = 10n ** 9n;
const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);

let folder: string;
let database: TestDatabase;
let kafka: KafkaServer;
let log: TestUsageLog;
let authority: Authority;
let ports: number[];
let billings: ApplicationProcess[];
let priceVersion: number;
const clients: RpcClient<'Ledger'>[] = [];

/** A client that finds whichever process is up. */
async function ledger(identity: Identity): Promise<RpcClient<'Ledger'>> {
  const { certificate, key } = await issue(authority, { identity });
  const tls = {
    certificate: Buffer.from(certificate),
    key: Buffer.from(key),
    authority: Buffer.from(authority.certificate.toString('pem')),
  };
  const client = createRpcClient('Ledger', {
    address: `ipv4:${ports.map((port) => `127.0.0.1:${port}`).join(',')}`,
    tls,
    server: 'billing',
  });
  clients.push(client);
  return client;
}

/** Calls again until there is an answer: everything here may be repeated. */
function insist<T>(what: string, call: () => Promise<T>): Promise<T> {
  return eventually(what, async () => ({ answer: await call() }), 60_000).then(({ answer }) => answer);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacet-billing-process-'));
  [database, authority] = [await createTestDatabase('main'), await makeAuthority()];
  kafka = await startKafka({ folder: join(folder, 'kafka'), port: await freePort(), controllerPort: await freePort() });
  await issueInto(join(folder, 'tls'), authority, { identity: 'billing' });
  await writeFile(join(folder, 'postgres.url'), database.urlOf('tacet_billing'), { mode: 0o600 });
  ports = [await freePort(), await freePort()];
  billings = await Promise.all(
    ports.map(async (port, at) =>
      startProcess(
        'billing',
        {
          TACET_BILLING_RPC_PORT: String(port),
          TACET_METRICS_PORT: String(await freePort()),
          TACET_TLS_DIR: join(folder, 'tls'),
          TACET_POSTGRES_URL_FILE: join(folder, 'postgres.url'),
          TACET_KAFKA_BROKERS: kafka.broker,
        },
        { folder, workingFolder: folder, name: `billing-${at}` },
      ),
    ),
  );
  await Promise.all(billings.map((billing) => billing.waitUntilReady()));
  log = new TestUsageLog(kafka.broker, 'usage.v1');
  await log.open();
  const operator = await ledger('operator');
  const { models } = await operator.ApplyPrices({
    models: [
      {
        model: { modelId: 'llama', contextTokens: 8_192, outputDefault: 512 },
        inputPico: rates.inputPico.toString(),
        cachedPico: rates.cachedPico.toString(),
        outputPico: rates.outputPico.toString(),
      },
    ],
  });
  priceVersion = models[0]!.priceVersion;
}, 180_000);

afterAll(async () => {
  for (const client of clients) client.close();
  await log.close();
  await Promise.all(billings.map((billing) => billing.stop()));
  await kafka.stop();
  await database.stop();
  await rm(folder, { recursive: true });
}, 60_000);

/** A few requests of an account: checkpoints, then a final with other counts. */
function emitRequests(edge: TestEdge, accountId: Buffer, count: number, random: () => number): UsageRecord[] {
  const records: UsageRecord[] = [];
  for (let i = 0; i < count; i++) {
    const requestId = makeId();
    const fields = () => ({
      requestId,
      priceVersion,
      inputTokens: Math.floor(random() * 900),
      cachedTokens: Math.floor(random() * 90),
      outputTokens: Math.floor(random() * 400),
      reservedNano: random() < 0.1 ? 500n : 10n ** 7n,
    });
    while (random() < 0.3) records.push(edge.emit(accountId, { ...fields(), kind: 'checkpoint' }));
    records.push(edge.emit(accountId, { ...fields(), kind: 'final' }));
  }
  return records;
}

/** What an account must have paid: the last record of each request, at its price, bounded by what was reserved. */
function owed(edges: readonly TestEdge[], accountId: Buffer): bigint {
  const last = new Map<string, UsageRecord>();
  for (const edge of edges)
    for (const record of edge.outbox)
      if (Buffer.compare(record.accountId, accountId) === 0) last.set(Buffer.from(record.requestId).toString('hex'), record);
  let sum = 0n;
  for (const record of last.values()) {
    const cost = charge(rates, {
      input: BigInt(record.inputTokens),
      cached: BigInt(record.cachedTokens),
      output: BigInt(record.outputTokens),
    });
    sum += cost < record.reservedNano ? cost : record.reservedNano;
  }
  return sum;
}

/** Whether the records of all edges are applied to the last. */
async function isApplied(edgeDoor: RpcClient<'Ledger'>, edges: readonly TestEdge[], accounts: readonly Buffer[]): Promise<boolean> {
  for (const edge of edges) {
    const { applied } = await edgeDoor.Heartbeat({ edgeId: edge.id, epoch: 1, number: 2 });
    const seqs = new Map(applied.map(({ partition, seq }) => [partition, BigInt(seq)]));
    for (const partition of accounts.map(partitionOf)) if ((seqs.get(partition) ?? 0n) !== edge.seqOf(partition)) return false;
  }
  return true;
}

interface Load {
  readonly accounts: readonly Buffer[];
  /** Edges that publish, and edges that hand their records over themselves. */
  readonly published: readonly TestEdge[];
  readonly direct: readonly TestEdge[];
  readonly edgeDoor: RpcClient<'Ledger'>;
  readonly random: () => number;
}

/** Everything that edges do, until the signal. */
async function startLoad(signal: AbortSignal, { accounts, published, direct, edgeDoor, random }: Load): Promise<void> {
  const publishing = async (edge: TestEdge) => {
    while (!signal.aborted) {
      const records = accounts.flatMap((accountId, at) => emitRequests(edge, accountId, at === 0 ? 30 : 1, random));
      await log.publish(...records, ...(random() < 0.3 ? records.slice(0, 20) : []));
      await sleep(random() * 30);
    }
  };
  const appending = async (edge: TestEdge) => {
    while (!signal.aborted) {
      const records = encode(...accounts.flatMap((accountId, at) => emitRequests(edge, accountId, at === 0 ? 5 : 1, random)));
      await insist('records are handed over', () => edgeDoor.AppendUsage({ edgeId: edge.id, epoch: 1, records }, { deadlineMs: 2_000 }));
    }
  };
  const leasing = async (edge: TestEdge) => {
    for (let version = 1; !signal.aborted; version++) {
      const target = {
        lease: { accountId: accounts[version % accounts.length]! },
        version,
        targetGrantedNano: String(Math.floor(random() * 50_000_000)),
      };
      await insist('a lease is set', () => edgeDoor.SetLease({ edgeId: edge.id, epoch: 1, target }, { deadlineMs: 2_000 }));
    }
  };
  await Promise.all([...published.map(publishing), ...direct.map(appending), ...[...published, ...direct].map(leasing)]);
}

test(`killed ${rounds} times in the middle of its work, billing charges every record exactly once`, async () => {
  const random = seededRandom(Number(process.env['PROPERTY_SEED'] ?? 7));
  const [account, operator, edgeDoor] = await Promise.all([ledger('account'), ledger('operator'), ledger('edge')]);
  const accounts = Array.from({ length: 30 }, () => makeId());
  for (const accountId of accounts) {
    const grantId = makeId();
    await insist('an account is opened', () => account.OpenAccount({ accountId }));
    await insist('and has credit', () => operator.GrantCredit({ accountId, grantId, amountNano: creditNano.toString() }));
  }
  const published = Array.from({ length: 3 }, () => new TestEdge());
  const direct = [new TestEdge(), new TestEdge()];
  for (const edge of [...published, ...direct])
    await insist('a session is opened', () => edgeDoor.Heartbeat({ edgeId: edge.id, epoch: 1, number: 1 }));

  const work = new AbortController();
  const load = startLoad(work.signal, { accounts, published, direct, edgeDoor, random });
  const killing = async () => {
    for (let round = 0; round < rounds; round++) {
      await sleep(100 + random() * 700);
      const victim = billings[round % 2]!;
      await victim.kill();
      await victim.restart();
      await victim.waitUntilReady();
    }
    work.abort();
  };
  await Promise.all([killing(), load]);

  const edges = [...published, ...direct];
  await eventually('everything is applied', () => isApplied(edgeDoor, edges, accounts), 120_000);
  for (const accountId of accounts) {
    const { postedNano } = await account.GetBalance({ accountId });
    expect(creditNano - BigInt(postedNano)).toBe(owed(edges, accountId));
  }
  const { invariants } = await operator.CheckLedger({}, { deadlineMs: 60_000 });
  expect(invariants.map(({ number, holds, examples }) => ({ number, holds, examples }))).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((number) => ({ number, holds: true, examples: [] })),
  );
  const records = edges.reduce((sum, edge) => sum + edge.outbox.length, 0);
  expect(records).toBeGreaterThan(rounds * 200);
}, 600_000);

test('asked to stop, billing ends by itself; its log names no account and no key', async () => {
  const [first] = billings as [ApplicationProcess];
  expect(await first.stop()).toMatchObject({ code: 0 });
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(first.logFile, 'utf8');
  expect(text).toContain('rpc_listening');
  expect(text).not.toMatch(/account_id|key_id|customer:/);
  await first.restart();
  await first.waitUntilReady();
}, 60_000);

test('billing does not start on a database that was not migrated, nor with a variable that is not its own', async () => {
  const [first] = billings as [ApplicationProcess];
  await first.restart({ TACET_BILLING_PRICE: '1' });
  expect((await first.ended).code).toBe(78);
  const { TACET_BILLING_PRICE: _, ...environment } = first.environment;
  const other = new URL(database.urlOf('tacet_billing'));
  other.pathname = '/postgres';
  await writeFile(join(folder, 'other.url'), other.toString(), { mode: 0o600 });
  const wrong = await startProcess(
    'billing',
    { ...environment, TACET_METRICS_PORT: String(await freePort()), TACET_POSTGRES_URL_FILE: join(folder, 'other.url') },
    { folder, workingFolder: folder, name: 'wrong' },
  );
  expect((await wrong.ended).code).toBe(1);
}, 60_000);
