import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { request } from 'undici';
import { Browser, eventsOf } from './support/browser.ts';

/*
 * Every process is the real one: a chat goes from account through the edge to a worker, is billed, and comes back
 * sealed.
 */

let constellation: Constellation;
let url: string;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', settings: { 'key-service': { TACET_KEY_SERVICE_DEK_CACHE_MS: '1000' } } });
  url = constellation.accounts[0]!.url;
}, 120_000);
afterAll(() => constellation?.stop());

async function converse(creditUsd: string, further: object = {}) {
  const account = await constellation.createAccount({ creditUsd });
  const browser = new Browser(url);
  await browser.post('/api/session', { email: account.email, password: account.password });
  const { json } = await browser.post('/api/conversations', { model: 'demo-model', title: 'Whole', ...further });
  return { ...account, browser, path: `/api/conversations/${json.id}` };
}

const messagesOf = async (browser: Browser, path: string) => (await browser.get(`${path}/messages`)).json.data;

test('a chat is answered by the worker, billed to the account, and sealed', async () => {
  const { browser, path } = await converse('5');
  const answer = await browser.post(`${path}/messages`, { content: 'Good morning' });
  expect(answer.status).toBe(200);
  const events = eventsOf(answer.text);
  const done = events.at(-1)!;
  expect([done.name, done.data.finish_reason]).toEqual(['done', 'stop']);
  const text = events
    .filter(({ name }) => name === 'delta')
    .map(({ data }) => data.content)
    .join('');
  expect(text.length).toBeGreaterThan(0);
  expect((await messagesOf(browser, path)).map(({ content }: { content: string }) => content)).toEqual(['Good morning', text]);
  const usage = await eventually('the request is billed', async () => {
    const { data } = (await browser.get('/api/usage')).json;
    return data[0]?.final ? data[0] : undefined;
  });
  expect([usage.model, usage.input_tokens + usage.cached_tokens, usage.output_tokens]).toEqual([
    'demo-model',
    done.data.usage.prompt_tokens,
    done.data.usage.completion_tokens,
  ]);
  expect(BigInt((await browser.get('/api/balance')).json.posted_nano_usd)).toBe(5_000_000_000n - BigInt(usage.charged_nano_usd));
});

test('an ephemeral chat is billed as a sum of the month, with no row of its own', async () => {
  const { browser, path } = await converse('5', { ephemeral: true });
  expect(eventsOf((await browser.post(`${path}/messages`, { content: 'Leave no trace' })).text).at(-1)!.name).toBe('done');
  const { data, periods } = await eventually(
    'the month is billed',
    async () => {
      const { json } = await browser.get('/api/usage');
      return json.periods.length > 0 && json;
    },
    90_000,
  );
  expect(data).toEqual([]);
  expect(periods).toMatchObject([{ no_log: true, key_id: null, period: new Date().toISOString().slice(0, 7) }]);
}, 120_000);

test('an account without money is told so, and keeps what it wrote', async () => {
  const { browser, path } = await converse('0');
  const answer = await browser.post(`${path}/messages`, { content: 'On the house?' });
  expect([answer.status, answer.json.error.code]).toEqual([402, 'insufficient_balance']);
  expect(await messagesOf(browser, path)).toMatchObject([{ role: 'user', content: 'On the house?' }]);
});

test('a model that is not served is told so', async () => {
  const { browser, path } = await converse('5', { model: 'no-such-model' });
  expect((await browser.post(`${path}/messages`, { content: 'Anybody?' })).json.error.code).toBe('model_unknown');
});

test('a key works until it is revoked, and the lock of the account makes it no-log', async () => {
  const { browser, apiKey, keyId } = await converse('5');
  const body = '{"model":"demo-model","messages":[{"role":"user","content":"Hello"}],"max_tokens":3}';
  const ask = async () => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const response = await request(`${constellation.edges[0]!.url}/v1/chat/completions`, { method: 'POST', headers, body });
    await response.body.dump();
    return [response.statusCode, response.headers['x-tacet-privacy']];
  };
  expect(await ask()).toEqual([200, 'standard']);
  await browser.patch('/api/settings', { all_keys_no_log: true });
  await eventually('the edge follows', async () => (await ask())[1] === 'no-log', 1_000);
  expect((await browser.delete(`/api/keys/${keyId}`)).status).toBe(204);
  await eventually('the edge refuses', async () => (await ask())[0] === 401, 1_000);
});

test('an account that is deleted in the middle of an answer is cut, billed, and gone', async () => {
  const { browser, path, accountId } = await converse('5');
  const [worker] = constellation.workers;
  // Forty seconds of answer, were it not cut.
  await worker!.faults(1, { tokens: 2_000, tokensPerSecond: 50 });
  const response = await request(`${url}${path}/messages`, {
    method: 'POST',
    headers: { cookie: browser.cookie!, 'content-type': 'application/json' },
    body: '{"content":"Go on for ever"}',
  });
  let text = '';
  let receiptUrl: string | undefined;
  for await (const chunk of response.body) {
    text += String(chunk);
    if (receiptUrl === undefined && text.includes('event: delta')) receiptUrl = (await browser.delete('/api/account')).json.receipt_url;
  }
  expect(eventsOf(text).at(-1)!.name).toBe('error');
  await eventually('the receipt', async () => (await browser.get(receiptUrl!.replace(url, ''))).status === 200, 60_000);
  const { accounts } = await constellation.operator.accounts.ListAccounts({ pageSize: 1_000 });
  expect(accounts.map(({ accountId: id }) => id.toString('hex'))).not.toContain(accountId.replaceAll('-', ''));
  const { invariants } = await constellation.operator.ledger.CheckLedger({});
  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
}, 90_000);
