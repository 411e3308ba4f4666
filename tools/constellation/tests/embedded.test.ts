/**
 * Goal: with usage going straight to billing, every token is charged exactly once, whichever process is killed.
 * Method: readers stream without a pause; each process in turn is killed with SIGKILL and started again; then the balance is
 * compared with the worker's receipts. Only where the edge itself was killed may it be less: what had left the worker and
 * not the edge is in the customer's favour, and never less than what readers received.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { charge } from '@tacet/pricing';
import { eventually } from '@tacet/testing';
import { defaultModels, modelPrices, startConstellation, type ApplicationProcess, type Constellation, type Receipts, type TestAccount } from '../src/index.ts';
import { startLoad, type Answer, type Load } from './start-load.ts';
import { streamChat } from './stream-chat.ts';

let constellation: Constellation;
let account: TestAccount;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'embedded' });
  account = await constellation.createAccount({ creditUsd: '20' });
}, 120_000);

afterAll(() => constellation?.stop(), 60_000);

type Receipt = Receipts['receipts'][number];

/** Tokens of one stream that one turn of the edge's event loop may hand over. */
const tokensPerTickMax = 2;
const creditNano = 20_000_000_000n;
const prices = modelPrices(defaultModels[0]!);
const rates = { inputPico: BigInt(String(prices.inputPico)), cachedPico: BigInt(String(prices.cachedPico)), outputPico: BigInt(String(prices.outputPico)) };

async function spent(): Promise<bigint> {
  const { postedNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
  return creditNano - BigInt(postedNano);
}

function priceOf({ promptTokens, cachedTokens, outputTokens }: Receipt): bigint {
  return charge(rates, { input: BigInt(promptTokens - cachedTokens), cached: BigInt(cachedTokens), output: BigInt(outputTokens) });
}

/** What all requests so far cost by the worker's receipts. */
async function sentByWorker(): Promise<bigint> {
  const { receipts, running } = await constellation.workers[0]!.receipts();
  expect(running).toBe(0);
  return receipts.reduce((sum, receipt) => sum + priceOf(receipt), 0n);
}

/** The least that answers may cost: whole ones their price; cut ones what their readers have, but for the edge's last tick. */
async function leastOf(answers: readonly Answer[]): Promise<bigint> {
  const receipts = new Map((await constellation.workers[0]!.receipts()).receipts.map((receipt) => [receipt.tag, receipt]));
  return answers
    .map(({ tag, received, done }) => {
      const receipt = receipts.get(tag)!;
      return done ? priceOf(receipt) : priceOf({ ...receipt, cachedTokens: 0, outputTokens: Math.max(received - tokensPerTickMax, 0) });
    })
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
  expect(load.answers.filter(({ done }) => !done)).toEqual([]);
  await settled();
  const sent = await sentByWorker();
  await eventually(`what was spent is ${sent}`, async () => (await spent()) === sent, 20_000).catch(async () => expect(await spent()).toBe(sent));
  await check();
}, 120_000);

test('the edge is killed under load: what was handed over is charged once, and nothing stays reserved', async () => {
  const before = await spent();
  const sentBefore = await sentByWorker();
  const load = await killUnderLoad(constellation.edges[0]!.process);
  expect(load.answers.some(({ done }) => !done)).toBe(true);
  await settled();
  const sent = (await sentByWorker()) - sentBefore;
  const charged = (await spent()) - before;
  expect(charged).toBeLessThanOrEqual(sent);
  expect(charged).toBeGreaterThanOrEqual(await leastOf(load.answers));
  await check();
  const whole = await streamChat({ url: constellation.edges[0]!.url, apiKey: account.apiKey, demo: { tokens: 10 } });
  expect(whole.done).toBe(true);
}, 120_000);

test('all are killed at once and started again: the books are the same', async () => {
  await settled();
  const before = await spent();
  await Promise.all(constellation.processes.map((process) => process.kill()));
  await Promise.all(constellation.processes.map(async (process) => { await process.restart(); await process.waitUntilReady(); }));
  // A client's connection finds out a little later that there is somebody again.
  expect(await eventually('billing is reached', spent)).toBe(before);
  const { done } = await streamChat({ url: constellation.edges[0]!.url, apiKey: account.apiKey, demo: { tag: 'after', tokens: 50 } });
  expect(done).toBe(true);
  const { receipts } = await constellation.workers[0]!.receipts('after');
  const { promptTokens, cachedTokens, outputTokens } = receipts[0]!;
  const cost = charge(rates, { input: BigInt(promptTokens - cachedTokens), cached: BigInt(cachedTokens), output: BigInt(outputTokens) });
  await eventually('the answer is charged', async () => (await spent()) === before + cost, 20_000);
  await check();
}, 120_000);
