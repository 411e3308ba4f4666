/**
 * Goal: the whole product, as a cluster runs it, keeps its promises from the first mail to the last row.
 * Method: one person's life on real servers and processes: two edges, two billings, Kafka, Redis, two PostgreSQL. The tests are
 * its chapters and run in order.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { charge } from '@tacet/pricing';
import { eventually } from '@tacet/testing';
import { modelPrices, defaultModels, startConstellation, type Constellation } from '../src/index.ts';
import { AccountClient, readEvents } from './account-client.ts';
import { readUsageTopic } from './read-usage-topic.ts';
import { searchDatabase } from './search-database.ts';
import { streamChat } from './stream-chat.ts';

const email = 'ada@example.test';
const password = 'correct horse battery staple';
const creditNano = 2_000_000_000n;
const secretQuestion = 'Which violin concerto did the marmot hum?';
const secretEcho = 'marmot';
const dayMs = 86_400_000;
const ephemeralMsMax = dayMs + 300_000;

let constellation: Constellation;
let person: AccountClient;
let accountId: string;
let apiKey: string;
const keyIds: string[] = [];

beforeAll(async () => {
  constellation = await startConstellation({
    mode: 'cluster',
    edges: 2,
    billings: 2,
    clockOffsetMs: { pruner: 0, 'key-service': 0 },
    settings: { pruner: { TACET_PRUNER_INTERVAL_MS: '1000' } },
  });
  person = new AccountClient(constellation.accounts[0]!.url);
}, 180_000);

afterAll(() => constellation?.stop(), 60_000);

const databases = () => [constellation.servers.databases.main.databaseAdminUrl, constellation.servers.databases.keystore.databaseAdminUrl];

async function search(...needles: string[]): Promise<string[]> {
  return (await Promise.all(databases().map((url) => searchDatabase(url, needles)))).flat();
}

/** The books of the test: how many of the worker's receipts were compared, and what they came to. */
const books = { receipts: 0, spentNano: 0n };

const { inputPico, cachedPico, outputPico } = modelPrices(defaultModels[0]!);
const rates = { inputPico: BigInt(String(inputPico)), cachedPico: BigInt(String(cachedPico)), outputPico: BigInt(String(outputPico)) };

/** What the worker sent since it was last asked, at the model's price. */
async function priceOfNewReceipts(): Promise<bigint> {
  const { receipts } = await constellation.workers[0]!.receipts();
  const fresh = receipts.slice(books.receipts);
  books.receipts = receipts.length;
  return fresh
    .map(({ promptTokens, cachedTokens, outputTokens }) => charge(rates, { input: BigInt(promptTokens - cachedTokens), cached: BigInt(cachedTokens), output: BigInt(outputTokens) }))
    .reduce((sum, part) => sum + part, 0n);
}

async function spentNano(): Promise<bigint> {
  const { posted_nano_usd: posted } = await person.json<{ posted_nano_usd: string }>('GET', '/api/balance');
  return creditNano - BigInt(posted);
}

/** Waits until exactly what the worker sent since the last comparison was charged. */
async function untilExact(): Promise<void> {
  books.spentNano += await priceOfNewReceipts();
  await eventually('what was spent is exact', async () => (await spentNano()) === books.spentNano, 20_000).catch(async () => expect(await spentNano()).toBe(books.spentNano));
}

/** Waits until answers that were cut are settled: no more than the worker sent, no less than their readers received. */
async function untilSettled(receivedTokens: number): Promise<void> {
  const sent = await priceOfNewReceipts();
  await eventually('nothing is reserved', async () => (await person.json<{ held_nano_usd: string }>('GET', '/api/balance')).held_nano_usd === '0', 30_000);
  const spent = (await spentNano()) - books.spentNano;
  expect(spent).toBeLessThanOrEqual(sent);
  expect(spent).toBeGreaterThanOrEqual(charge(rates, { input: 0n, cached: 0n, output: BigInt(receivedTokens) }));
  books.spentNano += spent;
}

test('a person signs up by the link in the mail, is credited, and makes a key', async () => {
  accountId = await person.signUp(constellation.paths.mail, email, password);
  // The sign-up has answered before its key and its balance were made.
  await eventually('the account has a balance', async () => (await person.send('GET', '/api/balance')).ok);
  await constellation.operator.ledger.GrantCredit({ accountId: bytesOf(accountId), amountNano: creditNano.toString(), grantId: Buffer.alloc(16, 7) });
  const key = await person.json<{ id: string; key: string }>('POST', '/api/keys', { name: 'laptop' }, 201);
  apiKey = key.key;
  keyIds.push(key.id);
  expect(apiKey).toMatch(/^tct_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{36}$/);
  expect(await search(apiKey, password)).toEqual([]);
}, 60_000);

test('both edges stream an answer, and the ledger moves by exactly what the worker sent', async () => {
  for (const { url } of constellation.edges) {
    const { done, text } = await streamChat({ url, apiKey, content: secretQuestion, demo: { tokens: 120, echo: true } });
    expect(done).toBe(true);
    expect(text).toContain(secretEcho);
  }
  await untilExact();
  const { invariants } = await constellation.operator.ledger.CheckLedger({});
  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
  expect(invariants.length).toBeGreaterThan(0);
}, 60_000);

test('the counts travelled through Kafka, from two edges, and hold nothing else', async () => {
  const records = await readUsageTopic(constellation.servers.kafka!.broker, accountId);
  const finals = records.filter(({ kind }) => kind === 'final');
  expect(new Set(finals.map(({ edgeId }) => Buffer.from(edgeId).toString('hex'))).size).toBe(2);
  const { receipts } = await constellation.workers[0]!.receipts();
  const counted = finals.map(({ inputTokens, cachedTokens, outputTokens }) => `${inputTokens + cachedTokens} in, ${outputTokens} out`);
  const sent = receipts.map(({ promptTokens, outputTokens }) => `${promptTokens} in, ${outputTokens} out`);
  expect(counted.sort()).toEqual(sent.sort());
}, 60_000);

test('a stream that its reader leaves stops the worker, and what was handed over is charged', async () => {
  const controller = new AbortController();
  let pieces = 0;
  const left = await streamChat({
    url: constellation.edges[0]!.url,
    apiKey,
    demo: { tag: 'left', tokens: 5_000, tokensPerSecond: 200 },
    further: { max_tokens: 5_000 },
    signal: controller.signal,
    onText: () => void (++pieces === 20 && controller.abort()),
  });
  expect(left.broken).toBe(true);
  await eventually('the worker was told', async () => (await constellation.workers[0]!.receipts('left')).receipts[0]?.aborted);
  await untilSettled(pieces);
}, 60_000);

test('a conversation is sealed, read back by its owner, and no row holds a word of it', async () => {
  const { id } = await person.json<{ id: string }>('POST', '/api/conversations', { model: 'demo-model', title: 'About marmots' }, 201);
  const answer = await person.send('POST', `/api/conversations/${id}/messages`, { content: secretQuestion });
  expect(answer.status).toBe(200);
  const events = [];
  for await (const event of readEvents(answer)) events.push(event);
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { truncated: false } });
  const { data } = await person.json<{ data: { role: string; content: string }[] }>('GET', `/api/conversations/${id}/messages`);
  expect(data).toEqual([expect.objectContaining({ role: 'user', content: secretQuestion }), expect.objectContaining({ role: 'assistant' })]);
  const spoken = data[1]!.content;
  expect(spoken.length).toBeGreaterThan(20);
  expect(await search(secretQuestion, spoken.slice(0, 20), 'About marmots', secretEcho)).toEqual([]);
  // The search itself must be able to find: the conversation's own id is there.
  expect(await search(id)).not.toEqual([]);
  await untilExact();
}, 60_000);

test('an ephemeral conversation and its epoch secret are gone a day later', async () => {
  const { id } = await person.json<{ id: string }>('POST', '/api/conversations', { model: 'demo-model', ephemeral: true }, 201);
  for await (const event of readEvents(await person.send('POST', `/api/conversations/${id}/messages`, { content: secretQuestion }))) void event;
  expect(await search(id)).not.toEqual([]);
  expect(readdirSync(constellation.paths.epochs)).not.toEqual([]);
  const clocks = [constellation.clocks['pruner']!, constellation.clocks['key-service']!];
  // Ended, and not a minute before.
  await Promise.all(clocks.map((clock) => clock.set(dayMs - 60_000)));
  await constellation.pruners[0]!.restart();
  await constellation.pruners[0]!.waitUntilReady();
  expect(await search(id)).not.toEqual([]);
  await Promise.all(clocks.map((clock) => clock.set(ephemeralMsMax)));
  await eventually('no row names it', async () => (await search(id)).length === 0, 20_000);
  await eventually('its secret is destroyed', () => readdirSync(constellation.paths.epochs).length === 0, 20_000);
  await Promise.all(clocks.map((clock) => clock.set(0)));
}, 120_000);

test('a revoked key is refused by both edges within a second, and its open streams are cut', async () => {
  const key = await person.json<{ id: string; key: string }>('POST', '/api/keys', { name: 'lost laptop' }, 201);
  keyIds.push(key.id);
  const started = Promise.withResolvers<void>();
  let open = 0;
  let pieces = 0;
  const streams = constellation.edges.map(({ url }) => {
    let first = true;
    const onText = () => {
      pieces++;
      if (first && ++open === constellation.edges.length) started.resolve();
      first = false;
    };
    return streamChat({ url, apiKey: key.key, demo: { tokens: 100_000, tokensPerSecond: 50 }, further: { max_tokens: 100_000 }, onText });
  });
  await started.promise;
  await person.json('DELETE', `/api/keys/${key.id}`, undefined, 204);
  await eventually('both edges refuse', async () => {
    const answers = await Promise.all(constellation.edges.map(({ url }) => streamChat({ url, apiKey: key.key })));
    return answers.every(({ status, errorCode }) => status === 401 && errorCode === 'key_revoked');
  }, 1_000);
  for (const stream of await Promise.all(streams)) expect(stream).toMatchObject({ status: 200, done: false });
  await eventually('the worker is idle', async () => (await constellation.workers[0]!.receipts()).running === 0);
  await untilSettled(pieces);
}, 60_000);

test('the export holds everything that was said and paid', async () => {
  await person.json('POST', '/api/session/reauthenticate', { password }, 204);
  const bundle = await person.json<Bundle>('GET', '/api/account/export');
  expect(bundle).toMatchObject({ schema_version: 1, account: { id: accountId, email } });
  expect(bundle.keys.map(({ id }) => id).sort()).toEqual([...keyIds].sort());
  expect(bundle.conversations.map(({ title, messages }) => [title, messages[0]?.content])).toEqual([['About marmots', secretQuestion]]);
  expect(bundle.usage.requests.length).toBeGreaterThanOrEqual(5);
  const moved = bundle.ledger.transfers.reduce((sum, { amount_nano_usd }) => sum + BigInt(amount_nano_usd), 0n);
  const open = bundle.usage.periods.filter(({ closed }) => !closed).reduce((sum, { charged_nano_usd }) => sum + BigInt(charged_nano_usd), 0n);
  expect(moved - open).toBe(BigInt(bundle.ledger.balance.posted_nano_usd));
}, 60_000);

interface Bundle {
  readonly keys: readonly { readonly id: string }[];
  readonly conversations: readonly { readonly title: string; readonly messages: readonly { readonly content: string }[] }[];
  readonly usage: { readonly requests: readonly unknown[]; readonly periods: readonly { readonly closed: boolean; readonly charged_nano_usd: string }[] };
  readonly ledger: { readonly balance: { readonly posted_nano_usd: string }; readonly transfers: readonly { readonly amount_nano_usd: string }[] };
}

test('after a deletion no row of any table carries the account, its keys or its address', async () => {
  const needles = [accountId, email, ...keyIds];
  for (const needle of [accountId, email]) expect(await search(needle)).not.toEqual([]);
  const { receipt_url: receiptUrl } = await person.json<{ receipt_url: string }>('DELETE', '/api/account', undefined, 202);
  const receipt = await eventually('the receipt is written', async () => {
    const response = await person.send('GET', receiptUrl);
    return response.status === 200 && ((await response.json()) as { receipt: { removed: Record<string, number> }; jws: unknown });
  }, 60_000);
  expect(receipt.jws).not.toBeNull();
  await eventually('no row is left', async () => (await search(...needles)).length === 0, 60_000).catch(async () => expect(await search(...needles)).toEqual([]));
  expect(await streamChat({ url: constellation.edges[1]!.url, apiKey })).toMatchObject({ status: 401 });
  const { invariants } = await constellation.operator.ledger.CheckLedger({});
  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
}, 180_000);

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}
