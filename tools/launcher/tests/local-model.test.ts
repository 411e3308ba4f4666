/**
 * Goal: a real model, served by the local worker, goes through the whole product: its tokens are counted, an answer that
 * is given up stops it, and the ledger agrees. Its wording is not looked at.
 * Method: the launcher with the small model, fetched once per machine as `npm start` fetches it.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tacet/testing';
import { fetchSmallModel } from '../src/worker/fetch-small-model.ts';
import { isSmallModel, modelCacheFolder, smallModel } from '../src/worker/small-model.ts';
import { chat, costOf, listRequests, postedBalance, untilBalanceIs } from './chat.ts';
import { launch, type Launched, type ReadyLine } from './launched.ts';

const root = mkdtempSync(join(tmpdir(), 'tacet-local-model-'));
let launched: Launched;
let ready: ReadyLine;

beforeAll(async () => {
  const file = join(modelCacheFolder(process.env), smallModel.fileName);
  if (!(await isSmallModel(file))) await fetchSmallModel(file, new AbortController().signal);
  launched = launch(['--data', join(root, 'data'), '--model', file, '--json']);
  ready = await launched.ready();
}, 600_000);

afterAll(async () => {
  await launched.stop();
  rmSync(root, { recursive: true, force: true });
}, 60_000);

test('its answer is counted, and costs what the counts cost', async () => {
  expect(ready.worker.kind).toBe('local');
  const before = await postedBalance(ready);
  const { content, usage } = await chat(ready, { max_tokens: 12 });
  expect(content).not.toBe('');
  expect(usage.prompt_tokens).toBeGreaterThan(5);
  expect(usage.completion_tokens).toBeGreaterThan(0);
  expect(usage.completion_tokens).toBeLessThanOrEqual(12);
  await untilBalanceIs(ready, before - costOf(ready, usage));
}, 120_000);

test('a stream that its reader leaves stops the model, and what was sent until then is charged', async () => {
  const before = await postedBalance(ready);
  const controller = new AbortController();
  const response = await fetch(`${ready.edge}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ready.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: ready.worker.model, stream: true, max_tokens: 1_500, messages: [{ role: 'user', content: 'Write a very long story about a lighthouse keeper and the sea.' }] }),
    signal: controller.signal,
  });
  let events = 0;
  await expect(async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      events += Buffer.from(chunk).toString().split('data: ').length - 1;
      if (events >= 4) controller.abort();
    }
  }).rejects.toThrow();
  const left = await eventually('the request is in the ledger', async () => (await listRequests(ready)).find(({ status, final }) => status === 'aborted' && final), 20_000);
  expect(Number(left.outputTokens)).toBeGreaterThanOrEqual(2);
  expect(Number(left.outputTokens)).toBeLessThan(1_000);
  await untilBalanceIs(ready, before - BigInt(left.chargedNano));
  // The model is free again: it has one place.
  await chat(ready, { max_tokens: 2 });
}, 120_000);
