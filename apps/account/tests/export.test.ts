import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey } from '@tacet/api-key';
import { request } from 'undici';
import { exportResource } from '../src/export/export-resource.ts';
import { startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import { streamAnswer } from './support/edge-stand-in.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());

const awkward = 'Zürich 東京 🫖 "quoted" \\ back \u2028 \u0000 </script>\r\n\ttab';

/** What billing knows of the account, and how the bundle says it. */
function plantLedger(): void {
  account.ledger.usage = [
    {
      request: {
        requestId: Buffer.from('01900000000070008000000000000001', 'hex'),
        modelId: 'm',
        priceVersion: 1,
        inputTokens: '12',
        chargedNano: '5',
        chargeNano: '5',
        status: 'ok',
        usageSource: 'exact',
        route: 'r',
        finishedAtMs: 1_000,
        final: true,
      },
    },
    { period: { period: '2026-03', modelId: 'm', priceVersion: 1, noLog: true, chargedNano: '7' } },
  ];
  account.ledger.transfers = [
    {
      transferId: Buffer.from('0190000000007000800000000000000f', 'hex'),
      amountNano: '5000000000',
      counterpart: 'promo',
      kind: 'grant',
      reference: 'x',
      createdAtMs: 2_000,
    },
  ];
}

const exportedUsage = {
  periods: [expect.objectContaining({ period: '2026-03', key_id: null, no_log: true, charged_nano_usd: '7' })],
  requests: [
    expect.objectContaining({
      request_id: '01900000-0000-7000-8000-000000000001',
      input_tokens: 12,
      finished_at: '1970-01-01T00:00:01.000Z',
    }),
  ],
};

const exportedLedger = {
  balance: {
    posted_nano_usd: '5000000000',
    held_nano_usd: '1000',
    overdraft_nano_usd: '0',
    available_nano_usd: '4999999000',
    suspended: false,
  },
  transfers: [
    {
      id: '01900000-0000-7000-8000-00000000000f',
      amount_nano_usd: '5000000000',
      counterpart: 'promo',
      kind: 'grant',
      reference: 'x',
      created_at: '1970-01-01T00:00:02.000Z',
    },
  ],
};

test('the bundle holds everything of the account, to the byte, and nothing of anybody else', async () => {
  const stranger = await account.signIn();
  await stranger.browser.post('/api/keys', { name: 'canary-stranger' });
  const { json: theirs } = await stranger.browser.post('/api/conversations', { model: 'm', title: 'canary-stranger' });
  await stranger.browser.post(`/api/conversations/${theirs.id}/messages`, { content: 'canary-stranger' });

  const { browser, accountId, email } = await account.signIn();
  await browser.patch('/api/settings', { ephemeral_by_default: true });
  const { key, ...keyRest } = (await browser.post('/api/keys', { name: 'mine', models: ['a'] })).json;
  const { json: durable } = await browser.post('/api/conversations', { model: 'm', title: 'Täglich', ephemeral: false });
  account.edge.next.push(streamAnswer([awkward]));
  await browser.post(`/api/conversations/${durable.id}/messages`, { content: awkward });
  const { json: ephemeral } = await browser.post('/api/conversations', { model: 'm' });
  await browser.post(`/api/conversations/${ephemeral.id}/messages`, { content: 'fleeting' });
  const { json: expired } = await browser.post('/api/conversations', { model: 'm', title: 'canary-expired' });
  await account.owner.query("UPDATE account.conversation SET expires_at = now() - interval '1 second' WHERE id = $1", [expired.id]);
  plantLedger();

  const answer = await browser.get('/api/account/export');
  expect([answer.status, answer.headers['content-type'], answer.headers['content-disposition']]).toEqual([
    200,
    'application/json; charset=utf-8',
    'attachment; filename="tacet-export.json"',
  ]);
  const bundle = exportResource.parse(answer.json);
  const messages = async (id: string) => (await browser.get(`/api/conversations/${id}/messages`)).json.data;
  expect(bundle).toEqual({
    schema_version: 1,
    exported_at: expect.any(String),
    account: { id: accountId, email, email_verified: true, status: 'active', created_on: new Date().toISOString().slice(0, 10) },
    settings: { all_keys_no_log: false, ephemeral_by_default: true },
    sessions: [
      { authenticated_at: expect.any(String), last_seen_on: new Date().toISOString().slice(0, 10), expires_at: expect.any(String) },
    ],
    keys: [{ ...keyRest, hash: hashApiKey(key).toString('hex') }],
    conversations: [
      { ...ephemeral, messages: await messages(ephemeral.id) },
      { ...durable, messages: await messages(durable.id) },
    ],
    usage: exportedUsage,
    ledger: exportedLedger,
    payments: { open: true, portal: false, subscribed: false, debt_nano_usd: '0', auto_top_up: null },
  });
  expect(bundle.conversations[1]!.messages.map((message) => 'content' in message && message.content)).toEqual([awkward, awkward]);
  for (const absent of ['canary-stranger', 'canary-expired', key]) expect(answer.text).not.toContain(absent);
});

test('any size is streamed a little at a time: the process does not grow with it', async () => {
  const { browser, accountId } = await account.signIn();
  account.ledger.usage = [];
  const { json } = await browser.post('/api/conversations', { model: 'm', title: 'Long' });
  account.edge.next.push(streamAnswer(['y'.repeat(200_000)]));
  await browser.post(`/api/conversations/${json.id}/messages`, { content: 'x'.repeat(900_000) });
  // The stand-in for key-service opens a record only in its own place, so each copy must be sealed for its own.
  for (let i = 0; i < 60; i++) {
    account.edge.next.push(streamAnswer(['y'.repeat(200_000)]));
    expect((await browser.post(`/api/conversations/${json.id}/messages`, { content: `${i}`.padEnd(900_000, 'x') })).status).toBe(200);
  }
  const memory = async () =>
    Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`${account.process.metricsUrl}/metrics`)).text())?.[1]);
  const before = await memory();
  const response = await request(`${account.url}/api/account/export`, { headers: { cookie: browser.cookie! } });
  let [bytes, chunks, most] = [0, 0, 0];
  for await (const chunk of response.body) {
    bytes += (chunk as Buffer).length;
    if (++chunks % 100 === 0) most = Math.max(most, await memory());
  }
  expect(chunks).toBeGreaterThan(200);
  expect(bytes).toBeGreaterThan(61 * 1_100_000);
  expect(Math.max(most, await memory()) - before).toBeLessThan(bytes);
  expect((await account.owner.query('SELECT 1 FROM account.account WHERE account_id = $1', [accountId])).rowCount).toBe(1);
}, 120_000);

test('a record that does not open is named in the bundle, not left out', async () => {
  const { browser } = await account.signIn();
  const { json } = await browser.post('/api/conversations', { model: 'm', title: 'Changed' });
  await browser.post(`/api/conversations/${json.id}/messages`, { content: 'Mine' });
  const { rows } = await account.owner.query<{ id: string }>(
    'UPDATE account.message SET body = set_byte(body, length(body) - 1, 255 - get_byte(body, length(body) - 1)) WHERE conversation_id = $1 AND position = 0 RETURNING id',
    [json.id],
  );
  const bundle = exportResource.parse((await browser.get('/api/account/export')).json);
  expect(bundle.conversations[0]!.messages).toEqual([
    { id: rows[0]!.id, position: 0, refused: true },
    expect.objectContaining({ content: 'Hello there.' }),
  ]);
});

test('what fails at once is an ordinary error; what fails in the middle tears the connection', async () => {
  const { browser } = await account.signIn();
  account.ledger.failWith = 'internal_error';
  expect((await browser.get('/api/account/export')).status).toBe(500);
  account.ledger.failWith = undefined;
  account.ledger.before = async (rpc) => {
    if (rpc === 'ListTransfers') throw new Error('away');
  };
  await expect(browser.get('/api/account/export')).rejects.toThrow();
  account.ledger.before = async () => undefined;
  expect((await browser.get('/api/account/export')).status).toBe(200);
});

test('exports are limited per account', async () => {
  const { browser } = await account.signIn();
  const statuses: number[] = [];
  for (let i = 0; i < 11; i++) statuses.push((await browser.get('/api/account/export')).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
});
