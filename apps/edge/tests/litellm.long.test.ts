/**
 * What LiteLLM's real proxy, between the edge and a worker, keeps of prompts and answers. A spy in it writes down what
 * callbacks are told, and its output is read. Installed from PyPI into the user's cache: `npm run test:long`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation, type DemoWorkerProcess, type TestAccount } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { stringify } from 'yaml';
import { chat, eventsOf, RawClient } from './chat-client.ts';
import { startLiteLlmProxy, type LiteLlmProxy } from './litellm-proxy.ts';

const canary = 'canary-7f3a91c2';
let constellation: Constellation;
let proxy: LiteLlmProxy;
let worker: DemoWorkerProcess;
let edge: string;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded', models: [{ id: 'large' }], worker: { models: ['large'], tokensPerSecond: 100 } });
  [worker] = constellation.workers as [DemoWorkerProcess];
  edge = constellation.edges[0]!.url;
  proxy = await startLiteLlmProxy(join(constellation.paths.logs, 'litellm'), worker.url);
  const credentialsFile = join(constellation.paths.logs, 'litellm', 'master.key');
  writeFileSync(credentialsFile, proxy.masterKey, { mode: 0o600 });
  writeFileSync(constellation.paths.workers, stringify({ pools: [{ id: 'litellm', url: proxy.url, kind: 'litellm', models: ['large'], credentialsFile }] }));
  const warmUp = await constellation.createAccount();
  await eventually('requests go through LiteLLM', async () => {
    const response = await chat(edge, warmUp.apiKey, { model: 'large', max_tokens: 2 });
    await response.text();
    return response.status === 200 && proxy.output().includes('/v1/chat/completions');
  }, 60_000);
}, 1_200_000);
afterAll(async () => {
  await proxy?.stop();
  await constellation?.stop();
});

const messages = [{ role: 'user', content: `Say this again: ${canary}` }];
const ask = (account: TestAccount, fields: object = {}) => chat(edge, account.apiKey, { model: 'large', messages, max_tokens: 20, ...fields });

/** Success, whole and streamed, an error, and a client that leaves in the middle. */
async function useIt(account: TestAccount): Promise<void> {
  await worker.faults(2, { echo: true });
  const whole = await ask(account);
  expect([whole.status, (await whole.text()).includes(canary)]).toEqual([200, true]);
  const streamed = await ask(account, { stream: true });
  const events = eventsOf(await streamed.text());
  expect(events.at(-1)).toEqual({ done: true });
  await worker.faults(1, { status: 503 });
  await (await ask(account)).text();
  await worker.faults(1, { echo: true, tokens: 5_000, tokensPerSecond: 50 });
  const client = new RawClient(edge);
  client.send(account.apiKey, { model: 'large', messages, stream: true, max_tokens: 5_000 });
  await client.until('the stream runs', (received) => received.split('data: ').length > 5);
  client.socket.destroy();
  await eventually('the worker was aborted', async () => (await worker.receipts()).running === 0, 20_000);
}

test('of a no-log key neither callbacks nor the output of LiteLLM hold a byte', async () => {
  const account = await constellation.createAccount({ noLog: true });
  await useIt(account);
  // What is told, is told by now: a request of another key has been.
  const mark = proxy.told().length;
  const other = await constellation.createAccount();
  await (await chat(edge, other.apiKey, { model: 'large', max_tokens: 2 })).text();
  await eventually('LiteLLM has told of the other request', () => proxy.told().length > mark, 20_000);
  expect(proxy.told()).not.toContain(canary);
  expect(proxy.output()).not.toContain(canary);
  const sent = (await worker.requests()).filter(({ path }) => path === '/v1/chat/completions');
  expect(sent.length).toBeGreaterThan(0);
}, 120_000);

test('of other keys callbacks are told for their logs that something was said, and not what', async () => {
  const account = await constellation.createAccount();
  const mark = proxy.told().length;
  await useIt(account);
  await eventually('callbacks were told', () => proxy.told().length > mark, 20_000);
  expect(proxy.toldForLogs()).toContain('redacted-by-litellm');
  expect(proxy.toldForLogs()).not.toContain(canary);
  // LiteLLM leaves the request beside it as it came: what is not for logs is there for a callback that looks.
  expect(proxy.told()).toContain(canary);
  expect(proxy.output()).not.toContain(canary);
}, 120_000);

test('a client cannot turn it off', async () => {
  const account = await constellation.createAccount();
  const response = await chat(edge, account.apiKey, { model: 'large', messages, max_tokens: 5 }, { 'x-litellm-enable-message-redaction': 'false', 'litellm-disable-message-redaction': 'true' });
  expect(response.status).toBe(200);
  await response.text();
  const refused = await chat(edge, account.apiKey, { model: 'large', messages, api_base: 'http://127.0.0.1:1' });
  expect(refused.status).toBe(400);
  expect(proxy.toldForLogs()).not.toContain(canary);
}, 60_000);
