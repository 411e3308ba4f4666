import { mkdtempSync } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deploymentPaths, ensureCertificates, ensureSecrets, startConstellation, type Constellation } from '@tacet/constellation';
import { openPool, type Pool } from '@tacet/database';
import { readTlsFolder } from '@tacet/rpc';
import { eventually } from '@tacet/testing';
import { exportResource } from '../src/export/export-resource.ts';
import { password, tokenIn } from './support/account-under-test.ts';
import { Browser, eventsOf } from './support/browser.ts';
import { EdgeStandIn, streamAnswer } from './support/edge-stand-in.ts';

/*
 * The same process with the real key-service and the real billing, each on its own Postgres. Only the edge is stood in
 * for, so that a test can say what is answered.
 */

const folder = mkdtempSync(join(tmpdir(), 'tacet-account-real-'));
const edge = new EdgeStandIn();
let constellation: Constellation;
let main: Pool;
let keystore: Pool;
let url: string;

beforeAll(async () => {
  const paths = deploymentPaths(folder);
  await ensureSecrets(paths);
  await ensureCertificates(paths, Date.now());
  await edge.start(readTlsFolder(paths.certificates('edge')), 0);
  constellation = await startConstellation({
    mode: 'embedded',
    edges: 0,
    pruners: 0,
    folder,
    settings: { account: { TACET_EDGE_INTERNAL_URL: edge.url }, 'key-service': { TACET_KEY_SERVICE_DEK_CACHE_MS: '1000' } },
  });
  url = constellation.accounts[0]!.url;
  const { databases } = constellation.servers;
  main = await openPool({ url: databases.main.databaseAdminUrl, applicationName: 'test', connectionsMax: 2 });
  keystore = await openPool({ url: databases.keystore.databaseAdminUrl, applicationName: 'test', connectionsMax: 2 });
}, 120_000);
afterAll(async () => {
  await main?.end();
  await keystore?.end();
  await constellation?.stop();
  await edge.stop();
  await rm(folder, { recursive: true, force: true });
});

async function signIn(creditUsd = '5') {
  const account = await constellation.createAccount({ creditUsd });
  const browser = new Browser(url);
  await browser.post('/api/session', { email: account.email, password: account.password });
  return { ...account, browser };
}

const deksOf = async (accountId: string) =>
  (await keystore.query('SELECT 1 FROM keystore.dek WHERE account_id = $1', [accountId])).rowCount;

/** Every row of every table of a database, as text. */
async function dump(pool: Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables WHERE table_schema IN ('account', 'billing', 'keystore')",
  );
  const texts: string[] = [];
  for (const { name } of tables)
    texts.push(...(await pool.query<{ text: string }>(`SELECT t::text AS text FROM ${name} AS t`)).rows.map(({ text }) => text));
  return texts.join('\n');
}

test('a sign-up gets its key and its balance, and can chat and be read', async () => {
  const browser = new Browser(url);
  await browser.post('/api/signup', { email: 'real@example.test', password });
  const mail = await eventually('the mail', async () => {
    const [name] = (await readdir(constellation.paths.mail)).filter((file) => file.endsWith('.json'));
    return name === undefined ? undefined : (JSON.parse(await readFile(join(constellation.paths.mail, name), 'utf8')) as { text: string });
  });
  expect((await browser.post('/api/verify', { token: tokenIn(mail) })).status).toBe(200);
  await eventually('the account is active', async () => (await browser.get('/api/session')).json.account.status === 'active');
  expect((await browser.get('/api/balance')).json).toMatchObject({ posted_nano_usd: '0', available_nano_usd: '0', suspended: false });
  const { json } = await browser.post('/api/conversations', { model: 'demo-model', title: 'Grüße' });
  edge.next.push(streamAnswer(['Hallo ', 'Welt']));
  expect(eventsOf((await browser.post(`/api/conversations/${json.id}/messages`, { content: 'Sag etwas' })).text).at(-1)!.name).toBe('done');
  const { data } = (await browser.get(`/api/conversations/${json.id}/messages`)).json;
  expect(data.map(({ content }: { content: string }) => content)).toEqual(['Sag etwas', 'Hallo Welt']);
  expect((await browser.get('/api/conversations')).json.data[0].title).toBe('Grüße');
});

test('what key-service sealed has the documented form, and opens in its own place alone', async () => {
  const [one, two] = [await signIn(), await signIn()];
  const places: { id: string; path: string; browser: Browser }[] = [];
  for (const { browser } of [one, two]) {
    const { json } = await browser.post('/api/conversations', { model: 'm', title: 'A title' });
    const path = `/api/conversations/${json.id}`;
    expect((await browser.post(`${path}/messages`, { content: 'Mine' })).status).toBe(200);
    places.push({ id: json.id, path, browser });
  }
  const { rows } = await main.query<{ body: Buffer }>('SELECT body FROM account.message WHERE conversation_id = $1 ORDER BY position', [
    places[0]!.id,
  ]);
  // RecordV1: 0xC1, suite 0x01, padded, 0; header and commitment of 52 bytes, padding to 256, tag of 16.
  for (const { body } of rows) expect([body[0], body[1], body[2], body[3], (body.length - 68) % 256]).toEqual([0xc1, 0x01, 0x01, 0, 0]);
  const swap = `UPDATE account.message AS m SET body = o.body FROM account.message AS o
    WHERE m.conversation_id <> o.conversation_id AND m.position = o.position AND m.conversation_id IN ($1, $2) AND o.conversation_id IN ($1, $2)`;
  await main.query(swap, [places[0]!.id, places[1]!.id]);
  for (const { browser, path } of places) expect((await browser.get(`${path}/messages`)).json.error.code).toBe('record_refused');
  await main.query(swap, [places[0]!.id, places[1]!.id]);
  for (const { browser, path } of places) expect((await browser.get(`${path}/messages`)).json.data).toHaveLength(2);
});

test('the largest message that fits into a record is kept to the byte, and a larger one is refused', async () => {
  const { browser } = await signIn();
  const { json } = await browser.post('/api/conversations', { model: 'm' });
  const path = `/api/conversations/${json.id}/messages`;
  const largest = 'x'.repeat(1_048_450);
  expect((await browser.post(path, { content: largest })).status).toBe(200);
  const refused = await browser.post(path, { content: 'x'.repeat(1_048_560) });
  expect([refused.status, refused.json.error.code]).toEqual([413, 'body_too_large']);
  const { data } = (await browser.get(path)).json;
  expect([data.length, data[0].content === largest]).toEqual([2, true]);
});

test('an ephemeral conversation is sealed for its epoch, also when it was marked later', async () => {
  const { browser } = await signIn();
  const { json } = await browser.post('/api/conversations', { model: 'm', title: 'A title' });
  const path = `/api/conversations/${json.id}`;
  for (const content of ['one', 'two']) await browser.post(`${path}/messages`, { content });
  const marked = await browser.patch(path, { ephemeral: true });
  expect(marked.status).toBe(200);
  const epoch = Math.floor(Date.parse(marked.json.expires_at) / 300_000);
  const { rows } = await main.query<{ body: Buffer }>(
    'SELECT body FROM account.message WHERE conversation_id = $1 UNION ALL SELECT title FROM account.conversation WHERE id = $1',
    [json.id],
  );
  expect(rows.map(({ body }) => [body[1], body.readUInt32BE(8)])).toEqual(Array.from({ length: 5 }, () => [0x11, epoch]));
  expect((await browser.get(`${path}/messages`)).json.data).toHaveLength(4);
  expect((await browser.get(path)).json.title).toBe('A title');
});

test('a suspension reaches the ledger, and an export holds what billing knows', async () => {
  const { browser, accountIdBytes, accountId } = await signIn('7.5');
  await constellation.operator.accounts.SuspendAccount({ accountId: accountIdBytes, suspended: true });
  expect((await browser.get('/api/balance')).json).toMatchObject({ posted_nano_usd: '7500000000', suspended: true });
  await constellation.operator.accounts.SuspendAccount({ accountId: accountIdBytes, suspended: false });
  expect((await browser.get('/api/balance')).json.suspended).toBe(false);
  const bundle = exportResource.parse((await browser.get('/api/account/export')).json);
  expect([bundle.account.id, bundle.keys.length, bundle.ledger.balance?.posted_nano_usd]).toEqual([accountId, 1, '7500000000']);
  expect(bundle.ledger.transfers.map(({ amount_nano_usd: amount }) => amount)).toEqual(['7500000000']);
  expect((await browser.get('/api/usage')).json).toEqual({ data: [], periods: [], next_cursor: null });
});

test('a deleted account leaves no row in either database, and its keys are gone before the receipt', async () => {
  const { browser, accountId, email, keyId } = await signIn();
  const { json } = await browser.post('/api/conversations', { model: 'm', title: 'A title' });
  await browser.post(`/api/conversations/${json.id}/messages`, { content: 'Forget me' });
  expect(await deksOf(accountId)).toBe(1);
  const before = `${await dump(main)}\n${await dump(keystore)}`;
  for (const trace of [accountId, email, keyId]) expect(before).toContain(trace);
  const { receipt_url: receiptUrl } = (await browser.delete('/api/account')).json;
  const receipt = await eventually(
    'the receipt',
    async () => {
      const answer = await browser.get((receiptUrl as string).replace(url, ''));
      return answer.status === 200 && answer.json;
    },
    20_000,
  );
  expect(await deksOf(accountId)).toBe(0);
  const after = `${await dump(main)}\n${await dump(keystore)}`;
  for (const trace of [accountId, email, keyId, accountId.replaceAll('-', ''), keyId.replaceAll('-', '')])
    expect(after).not.toContain(trace);
  expect(receipt.receipt.removed).toMatchObject({ data_keys: 1, messages: 2, conversations: 1, api_keys: 1, accounts: 1 });
  expect(JSON.stringify(receipt)).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-7/);
  const { violations } = await constellation.operator.ledger
    .CheckLedger({})
    .then(({ invariants }) => ({ violations: invariants.filter(({ holds }) => !holds) }));
  expect(violations).toEqual([]);
}, 60_000);

test('key-service and billing killed under a sign-up and a deletion: both end as ever when they are back', async () => {
  const [keys] = constellation.keyServices;
  const [billing] = constellation.billings;
  const { browser, accountId } = await signIn();
  await keys!.process.kill();
  await billing!.process.kill();
  const newcomer = new Browser(url);
  expect((await newcomer.post('/api/signup', { email: 'newcomer@example.test', password })).status).toBe(202);
  expect((await browser.get('/api/conversations')).status).toBe(200);
  expect((await browser.post('/api/conversations', { model: 'm', title: 'sealed?' })).json.error.code).toBe('unavailable');
  const { receipt_url: receiptUrl } = (await browser.delete('/api/account')).json;
  expect(await deksOf(accountId)).toBe(1);
  await Promise.all([keys!.process.restart(), billing!.process.restart()]);
  await Promise.all([keys!.process.waitUntilReady(), billing!.process.waitUntilReady()]);
  const status = async () =>
    (await main.query("SELECT status FROM account.account WHERE email = 'newcomer@example.test'")).rows[0]?.status as string;
  await eventually('the newcomer is active', async () => (await status()) === 'active', 20_000);
  await eventually('the receipt', async () => (await browser.get((receiptUrl as string).replace(url, ''))).status === 200, 30_000);
  expect(await deksOf(accountId)).toBe(0);
}, 90_000);
