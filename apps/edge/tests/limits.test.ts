/** Limits of keys and accounts, from the operator's call to the headers of an answer. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, chatBody, errorOf, RawClient } from './chat-client.ts';

let constellation: Constellation;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', models: [{ id: 'demo-model' }, { id: 'other-model' }], worker: { models: ['demo-model', 'other-model'] } });
  edge = constellation.edges[0]!.url;
}, 120_000);
afterAll(() => constellation.stop());

/** Windows begin with the minutes: a test that counts in one begins with enough of it left. */
const withinAMinute = () => eventually('enough of the minute is left', () => Date.now() % 60_000 < 45_000, 20_000);
const anotherKey = async ({ accountIdBytes }: TestAccount, fields: object = {}) =>
  (await constellation.operator.accounts.CreateKey({ accountId: accountIdBytes, name: 'another', ...fields })).plaintextKey;
const untilRunning = (count: number) => eventually(`${count} run`, async () => (await constellation.workers[0]!.receipts()).running === count);

test('requests per minute are counted per key, told in headers to the second, and refused with the time to wait', async () => {
  const account = await constellation.createAccount({ limits: { requestsPerMinute: 3 } });
  await withinAMinute();
  const responses = [];
  for (let i = 0; i < 4; i++) responses.push(await chat(edge, account.apiKey, { stream: i === 1, demo: { tokens: 1 } }));
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
  expect(responses.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual(['2', '1', '0', '0']);
  const [first, , , last] = responses as [Response, Response, Response, Response];
  expect(first.headers.get('x-ratelimit-limit-requests')).toBe('3');
  expect(first.headers.get('x-ratelimit-limit-tokens')).toBeNull();
  const seconds = Number(/^(\d+)s$/.exec(last.headers.get('x-ratelimit-reset-requests') ?? '')?.[1]);
  const left = 60 - (Date.now() / 1000) % 60;
  // The header was written a moment ago.
  expect(seconds - left).toBeGreaterThan(-0.01);
  expect(seconds - left).toBeLessThan(3);
  expect(Number(last.headers.get('retry-after'))).toBe(seconds);
  expect(await errorOf(last)).toMatchObject({ code: 'rate_limited', metadata: { limit_source: 'key_requests', limit: 3 } });
  // Another key of the account has a window of its own.
  expect((await chat(edge, await anotherKey(account), { demo: { tokens: 1 } })).status).toBe(200);
});

test('tokens per minute count what was really used, and Anthropic’s routes tell it in Anthropic’s headers', async () => {
  const account = await constellation.createAccount({ limits: { tokensPerMinute: '2000' } });
  await withinAMinute();
  const ask = (tokens: number) => chat(edge, account.apiKey, { max_tokens: tokens, demo: { tokens, promptTokens: 100 } }).then(async (response) => [response.status, Number(response.headers.get('x-ratelimit-remaining-tokens')), await response.text()] as const);
  const [status, remaining] = await ask(400);
  // About 30 tokens of body and 400 of output were set aside.
  expect([status, remaining > 1_400 && remaining < 1_600]).toEqual([200, true]);
  const messages = await fetch(`${edge}/v1/messages`, { method: 'POST', headers: { 'x-api-key': account.apiKey, 'content-type': 'application/json' }, body: JSON.stringify({ ...chatBody(), max_tokens: 100, demo: { tokens: 100, promptTokens: 100 } }) });
  await messages.text();
  expect([messages.status, messages.headers.get('anthropic-ratelimit-tokens-limit')]).toEqual([200, '2000']);
  const left = Number(messages.headers.get('anthropic-ratelimit-tokens-remaining'));
  // 500 were used by the first request.
  expect(left).toBeLessThanOrEqual(2_000 - 500 - 100);
  expect(left).toBeGreaterThan(1_200);
  expect(messages.headers.get('anthropic-ratelimit-tokens-reset')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
  // A large answer to a small limit is let through once and owed: nothing passes until the minute is over.
  expect((await chat(edge, account.apiKey, { stream: true, demo: { tokens: 1_900, promptTokens: 100 } }).then((response) => response.text())).includes('[DONE]')).toBe(true);
  const refused = await chat(edge, account.apiKey, { max_tokens: 1, demo: { tokens: 1 } });
  expect([refused.status, (await errorOf(refused)).metadata]).toEqual([429, { limit_source: 'key_tokens', limit: 2_000 }]);
  expect(refused.headers.get('x-ratelimit-remaining-tokens')).toBe('0');
});

test('what runs at once is bounded; whoever ends or leaves makes room', async () => {
  const account = await constellation.createAccount({ limits: { concurrentRequests: 2 } });
  const clients = [new RawClient(edge), new RawClient(edge)];
  for (const client of clients) client.send(account.apiKey, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  await untilRunning(2);
  const refused = await chat(edge, account.apiKey);
  expect([refused.status, refused.headers.get('retry-after'), (await errorOf(refused)).metadata]).toEqual([429, '1', { limit_source: 'key_concurrent', limit: 2 }]);
  clients[0]!.socket.destroy();
  await eventually('there is room', async () => (await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status === 200);
  // Failures make room as well.
  for (let i = 0; i < 5; i++) await (await chat(edge, account.apiKey, { demo: { status: 400 } })).text();
  for (let i = 0; i < 5; i++) await (await chat(edge, account.apiKey, { stream: true, demo: { tokens: 5 } })).text();
  expect((await chat(edge, account.apiKey, { demo: { tokens: 1 } })).status).toBe(200);
  clients[1]!.socket.destroy();
  await untilRunning(0);
});

test('limits of the account hold for all of its keys together, and a change is heard of at once', async () => {
  const account = await constellation.createAccount();
  const keys = [account.apiKey, await anotherKey(account), await anotherKey(account, { limits: { requestsPerMinute: 100 } })];
  const ask = async (i: number) => chat(edge, keys[i % 3]!, { demo: { tokens: 1 } });
  for (let i = 0; i < 3; i++) expect((await ask(i)).status).toBe(200);
  await constellation.operator.accounts.SetAccountLimits({ accountId: account.accountIdBytes, limits: { requestsPerMinute: 4 } });
  await eventually('the edge knows', async () => (await ask(0)).headers.get('x-ratelimit-limit-requests') === '4');
  await withinAMinute();
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await ask(i)).status);
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(4);
  const last = await ask(2);
  expect([last.status, (await errorOf(last)).metadata]).toEqual([429, { limit_source: 'account_requests', limit: 4 }]);
  await constellation.operator.accounts.SetAccountLimits({ accountId: account.accountIdBytes, limits: { concurrentRequests: 1 } });
  await eventually('it is allowed again', async () => (await ask(0)).status === 200);
  const client = new RawClient(edge);
  client.send(keys[0]!, { stream: true, demo: { tokens: 10_000, tokensPerSecond: 50 } });
  await untilRunning(1);
  const other = await ask(1);
  expect([other.status, (await errorOf(other)).metadata]).toEqual([429, { limit_source: 'account_concurrent', limit: 1 }]);
  client.socket.destroy();
});

test('a key may use its models alone, and only until it expires', async () => {
  const account = await constellation.createAccount();
  const short = await anotherKey(account, { expiresAtMs: Date.now() + 2_500, models: ['other-model'] });
  const refused = await chat(edge, short, { demo: { tokens: 1 } });
  expect([refused.status, await errorOf(refused)]).toEqual([403, expect.objectContaining({ code: 'model_not_allowed', metadata: { models: ['other-model'] } })]);
  expect((await chat(edge, short, { model: 'other-model', demo: { tokens: 1 } })).status).toBe(200);
  const expired = await eventually('it has expired', async () => {
    const response = await chat(edge, short, { model: 'other-model', demo: { tokens: 1 } });
    return response.status === 200 ? undefined : response;
  });
  expect([expired.status, (await errorOf(expired)).code]).toEqual([401, 'key_expired']);
});
