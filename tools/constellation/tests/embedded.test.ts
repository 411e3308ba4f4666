/**
 * Goal: with usage going straight to billing, every token is charged exactly once, whichever process is killed.
 * Method: readers stream without a pause; each process in turn is killed with SIGKILL and started again; then the balance is
 * compared with the worker's receipts. Only where the edge itself was killed may it be less: what had left the worker and
 * not the edge is in the customer's favour, and never less than what readers received.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { charge } from '@tacet/pricing';
import { eventually } from '@tacet/testing';
import { defaultModels, modelPrices, startConstellation, type ApplicationProcess, type Constellation, type TestAccount } from '../src/index.ts';
import { startLoad, type Load } from './start-load.ts';
import { streamChat } from './stream-chat.ts';

let constellation: Constellation;
let account: TestAccount;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded' });
  account = await constellation.createAccount({ creditUsd: '20' });
}, 120_000);

afterAll(() => constellation?.stop(), 60_000);

const creditNano = 20_000_000_000n;
const prices = modelPrices(defaultModels[0]!);
const rates = { inputPico: BigInt(String(prices.inputPico)), cachedPico: BigInt(String(prices.cachedPico)), outputPico: BigInt(String(prices.outputPico)) };

async function spent(): Promise<bigint> {
  const { postedNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
  return creditNano - BigInt(postedNano);
}

/** What all requests so far cost by the worker's receipts. */
async function sentByWorker(): Promise<bigint> {
  const { receipts, running } = await constellation.workers[0]!.receipts();
  expect(running).toBe(0);
  return receipts
    .map(({ promptTokens, cachedTokens, outputTokens }) => charge(rates, { input: BigInt(promptTokens - cachedTokens), cached: BigInt(cachedTokens), output: BigInt(outputTokens) }))
    .reduce((sum, part) => sum + part, 0n);
}

/** Waits until nothing is reserved and all counts are applied; what was spent does not move any more. */
async function settled(): Promise<void> {
  await eventually('nothing is held', async () => (await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes })).heldNano === '0', 60_000);
}

async function check(): Promise<void> {
  const { invariants } = await constellation.operator.ledger.CheckLedger({});
  expect(invariants.filter(({ holds }) => !holds)).toEqual([]);
}

async function killUnderLoad(process: ApplicationProcess): Promise<Load> {
  const load = startLoad({ url: constellation.edges[0]!.url, apiKey: account.apiKey, readers: 8 });
  await load.untilReceived(200);
  await process.kill();
  await process.restart();
  await process.waitUntilReady();
  await load.untilReceived(200);
  await load.stop();
  await eventually('the worker is idle', async () => (await constellation.workers[0]!.receipts()).running === 0);
  return load;
}

test.each(['billing', 'account', 'key-service', 'pruner'] as const)('%s is killed under load: not a token is lost or charged twice, and no stream is cut', async (name) => {
  const load = await killUnderLoad(constellation.processes.find((process) => process.name === name)!);
  expect(load.cut).toBe(0);
  await settled();
  const sent = await sentByWorker();
  await eventually(`what was spent is ${sent}`, async () => (await spent()) === sent, 20_000).catch(async () => expect(await spent()).toBe(sent));
  await check();
}, 120_000);

test('the edge is killed under load: what was handed over is charged once, and nothing stays reserved', async () => {
  const before = await spent();
  const sentBefore = await sentByWorker();
  const load = await killUnderLoad(constellation.edges[0]!.process);
  expect(load.cut).toBeGreaterThan(0);
  await settled();
  const sent = (await sentByWorker()) - sentBefore;
  const charged = (await spent()) - before;
  expect(charged).toBeLessThanOrEqual(sent);
  // A reader cannot know of the prompt and the end token of an answer that was cut, so only its own tokens are counted.
  expect(charged).toBeGreaterThanOrEqual(charge(rates, { input: 0n, cached: 0n, output: BigInt(load.received) }));
  await check();
  const whole = await streamChat({ url: constellation.edges[0]!.url, apiKey: account.apiKey, demo: { tokens: 10 } });
  expect(whole.done).toBe(true);
}, 120_000);

test('all are killed at once and started again: the books are the same', async () => {
  await settled();
  const before = await spent();
  await Promise.all(constellation.processes.map((process) => process.kill()));
  await Promise.all(constellation.processes.map(async (process) => { await process.restart(); await process.waitUntilReady(); }));
  expect(await spent()).toBe(before);
  const { done } = await streamChat({ url: constellation.edges[0]!.url, apiKey: account.apiKey, demo: { tag: 'after', tokens: 50 } });
  expect(done).toBe(true);
  const { receipts } = await constellation.workers[0]!.receipts('after');
  const { promptTokens, cachedTokens, outputTokens } = receipts[0]!;
  const cost = charge(rates, { input: BigInt(promptTokens - cachedTokens), cached: BigInt(cachedTokens), output: BigInt(outputTokens) });
  await eventually('the answer is charged', async () => (await spent()) === before + cost, 20_000);
  await check();
}, 120_000);
