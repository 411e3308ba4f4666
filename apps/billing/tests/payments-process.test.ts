/**
 * Goal: wherever billing is killed on the way from a click to a credit, the customer is charged once and credited once. Method: the
 * real process is brought to a stand at each step (a call to Stripe that hangs, a table or row that somebody else has locked), killed
 * with SIGKILL there, and started again. Stripe is played at the wire and delivers again what was not answered.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { issue, issueInto, makeAuthority, type Authority } from '@tacet/certificates';
import { startProcess, type ApplicationProcess } from '@tacet/constellation';
import { openPool, type Pool } from '@tacet/database';
import { createRpcClient, type Identity, type RpcClient } from '@tacet/rpc';
import { freePort } from '@tacet/servers';
import { startStripeFake, type ApiFault, type StripeFake } from '@tacet/stripe-fake';
import { createTestDatabase, eventually, type TestDatabase } from '@tacet/testing';
import { makeId, uuid } from './support/make.ts';
import { usd, webhookSecret } from './support/payments-door.ts';

let folder: string;
let database: TestDatabase;
let owner: Pool;
let stripe: StripeFake;
let billing: ApplicationProcess;
let account: RpcClient<'Ledger'>;
let operator: RpcClient<'Ledger'>;

async function connect(authority: Authority, identity: Identity, port: number): Promise<RpcClient<'Ledger'>> {
  const { certificate, key } = await issue(authority, { identity });
  const tls = { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
  return createRpcClient('Ledger', { address: `127.0.0.1:${port}`, tls, server: 'billing' });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacet-billing-payments-'));
  database = await createTestDatabase('main');
  owner = await openPool({ url: database.urlOf('tacet_owner'), applicationName: 'test-owner', connectionsMax: 3 });
  const authority = await makeAuthority();
  await issueInto(join(folder, 'tls'), authority, { identity: 'billing' });
  const [rpcPort, webhookPort] = [await freePort(), await freePort()];
  stripe = await startStripeFake({
    webhook: { url: `http://127.0.0.1:${webhookPort}/webhook`, secret: webhookSecret },
    retryMs: Array.from({ length: 2_000 }, () => 100),
  });
  await writeFile(join(folder, 'postgres.url'), database.urlOf('tacet_billing'), { mode: 0o600 });
  await writeFile(join(folder, 'stripe.key'), stripe.apiKey, { mode: 0o600 });
  await writeFile(join(folder, 'stripe.secret'), webhookSecret, { mode: 0o600 });
  billing = await startProcess(
    'billing',
    {
      TACET_BILLING_RPC_PORT: String(rpcPort),
      TACET_BILLING_WEBHOOK_PORT: String(webhookPort),
      TACET_METRICS_PORT: String(await freePort()),
      TACET_TLS_DIR: join(folder, 'tls'),
      TACET_POSTGRES_URL_FILE: join(folder, 'postgres.url'),
      TACET_STRIPE_KEY_FILE: join(folder, 'stripe.key'),
      TACET_STRIPE_WEBHOOK_SECRET_FILE: join(folder, 'stripe.secret'),
      TACET_STRIPE_API_URL: stripe.url,
    },
    { folder, workingFolder: folder, name: 'billing' },
  );
  await billing.waitUntilReady();
  [account, operator] = [await connect(authority, 'account', rpcPort), await connect(authority, 'operator', rpcPort)];
}, 120_000);

afterAll(async () => {
  account.close();
  operator.close();
  await billing.stop();
  await stripe.stop();
  await owner.end();
  await database.stop();
  await rm(folder, { recursive: true });
}, 60_000);

/** Calls again until there is an answer: everything here may be repeated. */
const insist = <T>(what: string, call: () => Promise<T>) =>
  eventually(what, async () => ({ answer: await call() }), 60_000).then(({ answer }) => answer);

async function killAndRestart(): Promise<void> {
  await billing.kill();
  await billing.restart();
  await billing.waitUntilReady();
}

async function newAccount(): Promise<Buffer> {
  const accountId = makeId();
  await insist('an account is opened', () => account.OpenAccount({ accountId }));
  return accountId;
}

const checkout = (accountId: Buffer, requestId: Buffer, more: { saveCard?: boolean } = {}) =>
  account.CreateCheckout({
    accountId,
    requestId,
    amountNano: (5n * usd).toString(),
    successUrl: 'https://t.test/s',
    cancelUrl: 'https://t.test/c',
    ...more,
  });

const posted = async (accountId: Buffer) =>
  BigInt((await insist('the balance is read', () => account.GetBalance({ accountId }))).postedNano);

/** Waits until something of Stripe's events is looked at no more. */
const settled = async () => {
  await stripe.delivered();
  await eventually('all events are looked at', async () => {
    const { rows } = await owner.query<{ count: bigint }>('SELECT count(*) AS count FROM billing.stripe_event WHERE outcome IS NULL');
    return rows[0]!.count === 0n;
  }, 60_000);
};

/** What Stripe made for an account. */
const madeFor = (accountId: Buffer, type: string) =>
  stripe.events().filter((event) => event.type === type && JSON.stringify(event.data).includes(uuid(accountId)));

const calls: readonly (readonly [string, ApiFault])[] = [
  ['before Stripe made the customer', { method: 'POST', path: '/v1/customers', hang: true }],
  ['after Stripe made the customer', { method: 'POST', path: '/v1/customers', hang: true, executed: true }],
  ['before Stripe opened the page', { method: 'POST', path: '/v1/checkout/sessions', hang: true }],
  ['after Stripe opened the page', { method: 'POST', path: '/v1/checkout/sessions', hang: true, executed: true }],
];

test.each(calls)('killed %s: asked again, there is one customer and one page, and what is paid is credited', async (_, fault) => {
  const accountId = await newAccount();
  const requestId = randomBytes(16);
  stripe.fault(fault);
  const attempt = checkout(accountId, requestId).catch(() => 'cut');
  await eventually('Stripe does not answer', async () => stripe.pendingFaults() === 0);
  await killAndRestart();
  expect(await attempt).toBe('cut');
  const { sessionId } = await insist('there is a page', () => checkout(accountId, requestId));
  stripe.completeCheckout(sessionId);
  await settled();
  expect(await posted(accountId)).toBe(5n * usd);
  expect(madeFor(accountId, 'customer.created').length).toBe(1);
  const opened = stripe.requests().filter(({ path, method, body }) => method === 'POST' && path === '/v1/checkout/sessions' && body.includes(uuid(accountId)));
  // The key is the same with every attempt, so Stripe made one page of them all.
  expect(new Set(opened.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
}, 120_000);

/** Locks of somebody else, in the way of billing. */
interface Hold {
  /** Whether somebody waits for them. */
  isInTheWay(): Promise<boolean>;
  letGo(): Promise<void>;
}

async function hold(statement: string, values: readonly unknown[] = []): Promise<Hold> {
  const connection = await owner.connect();
  await connection.query('BEGIN');
  const { rows } = await connection.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await connection.query(statement, [...values]);
  let held = true;
  holds.push({
    isInTheWay: async () => {
      const waiting = await owner.query('SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))', [rows[0]?.pid]);
      return waiting.rows.length > 0;
    },
    letGo: async () => {
      if (!held) return;
      held = false;
      await connection.query('ROLLBACK');
      connection.release();
    },
  });
  return holds.at(-1)!;
}

const holds: Hold[] = [];
afterEach(async () => {
  for (const one of holds.splice(0)) await one.letGo();
});

test.each([
  ['while the event is stored', 'LOCK TABLE billing.stripe_event IN SHARE MODE'],
  ['while the account is locked', 'SELECT FROM billing.balance WHERE account_id = $1 FOR UPDATE'],
  ['while the credit is noted', 'LOCK TABLE billing.stripe_credit IN SHARE MODE'],
  ['while the transfer is posted', 'LOCK TABLE billing.ledger_transfer IN SHARE MODE'],
])('killed %s: the event comes again and the credit is there once', async (_, statement) => {
  const accountId = await newAccount();
  const { sessionId } = await insist('there is a page', () => checkout(accountId, randomBytes(16)));
  await settled();
  const lock = await hold(statement, statement.includes('$1') ? [uuid(accountId)] : []);
  stripe.completeCheckout(sessionId);
  await eventually('billing stands at that step', () => lock.isInTheWay(), 60_000);
  await billing.kill();
  await lock.letGo();
  await billing.restart();
  await billing.waitUntilReady();
  await settled();
  expect(await posted(accountId)).toBe(5n * usd);
}, 120_000);

test('killed while it asks Stripe what was paid, and between the credit and the note that the event was looked at: credited once', async () => {
  const accountId = await newAccount();
  const { sessionId } = await insist('there is a page', () => checkout(accountId, randomBytes(16)));
  stripe.fault({ method: 'GET', path: `/v1/checkout/sessions/${sessionId}`, hang: true });
  stripe.completeCheckout(sessionId);
  await eventually('Stripe does not answer', async () => stripe.pendingFaults() === 0);
  await billing.kill();
  // The row of the event is held: the credit can be booked, the event not be noted.
  const lock = await hold('SELECT FROM billing.stripe_event WHERE object_id = $1 FOR UPDATE', [sessionId]);
  await billing.restart();
  await billing.waitUntilReady();
  await eventually('the credit is booked, the event is not noted', async () => (await posted(accountId)) === 5n * usd && (await lock.isInTheWay()), 60_000);
  await billing.kill();
  await lock.letGo();
  await billing.restart();
  await billing.waitUntilReady();
  await settled();
  expect(await posted(accountId)).toBe(5n * usd);
}, 120_000);

test('killed before and after Stripe charged the saved card: the card is charged once and the account credited once', async () => {
  const accountId = await newAccount();
  const { sessionId } = await insist('there is a page', () => checkout(accountId, randomBytes(16), { saveCard: true }));
  stripe.completeCheckout(sessionId);
  await settled();
  stripe.fault({ method: 'POST', path: '/v1/payment_intents', hang: true });
  stripe.fault({ method: 'POST', path: '/v1/payment_intents', hang: true, executed: true });
  const wish = { belowNano: (6n * usd).toString(), amountNano: (10n * usd).toString(), monthMaxNano: (50n * usd).toString() };
  await insist('auto top-up is set', () => account.SetAutoTopUp({ accountId, autoTopUp: wish }));
  await eventually('Stripe does not answer', async () => stripe.pendingFaults() === 1);
  await killAndRestart();
  await eventually('Stripe has charged and does not answer', async () => stripe.pendingFaults() === 0);
  await killAndRestart();
  await eventually('it is credited', async () => (await posted(accountId)) === 15n * usd, 60_000);
  await settled();
  expect(await posted(accountId)).toBe(15n * usd);
  const charges = stripe.events().filter(({ type, data }) => type === 'payment_intent.succeeded' && JSON.stringify(data).includes('auto_top_up'));
  expect(charges.length).toBe(1);
}, 120_000);

test('after all of this the books are in order, and no log has an id of Stripe, an account or a key', async () => {
  const { invariants } = await insist('the ledger is checked', () => operator.CheckLedger({}, { deadlineMs: 60_000 }));
  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(billing.logFile, 'utf8');
  expect(text).toContain('webhook_listening');
  expect(text).not.toMatch(/cus_|cs_|pi_|evt_|sk_test|whsec|customer:/);
}, 60_000);
