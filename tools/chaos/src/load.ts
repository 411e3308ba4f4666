import { randomUUID } from 'node:crypto';
import { ask, nothingReceived, type Received } from './ask.ts';
import { odd, type PricedModel } from './customers.ts';
import type { Dice } from './dice.ts';
import type { Purse, Stage } from './stage.ts';

/** One request as its client knows it. */
export interface ClientReceipt extends Readonly<Received> {
  /** Of the worker's receipt. */
  readonly tag: string;
  readonly purse: Purse;
  readonly model: PricedModel;
  /** Index of the edge that was asked. */
  readonly edge: number;
  readonly stream: boolean;
  /** Whether the worker counts well. */
  readonly isHonest: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Clients that ask without a pause. */
export interface Load {
  /** Answers that have ended since the start of the run, refusals among them. */
  readonly receipts: readonly ClientReceipt[];
  /** Waits until so many more answers have ended, but no longer than `timeoutMs`. */
  untilAnswered(more: number, timeoutMs: number): Promise<void>;
  /** Lets the running answers end, and begins no new ones; leaves those that take too long. */
  stop(): Promise<void>;
}

const readers = 12;
const pauseMs = 40;
const endingMs = 4_000;
/** One that is still running after an edge stood still for longer than its session. */
export const slowAnswer = { tokens: 800, tokensPerSecond: 50 };
/** What a worker may do to its counts; each is bounded by what its clients received. */
const usageFaults = ['missing', 'negative', 'nan', 'absurd', 'fraction', 'unfinished', 'final-only'];

/** Starts the clients. */
export function startLoad(stage: Stage, dice: Dice, receipts: ClientReceipt[]): Load {
  const stopping = new AbortController();
  const leaving = new AbortController();
  const progress = { answered: 0 };
  const read = async (own: Dice) => {
    while (!stopping.signal.aborted) {
      const receipt = await askOnce(stage, own, leaving.signal);
      receipts.push(receipt);
      if (receipt.status === 200) progress.answered++;
      // An edge that is being started again refuses connections for a moment; so does one whose customer is broke.
      if (receipt.status !== 200) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const running = Promise.all(Array.from({ length: readers }, () => read(dice.fork())));
  return {
    receipts,
    untilAnswered: async (more, timeoutMs) => {
      const target = progress.answered + more;
      const end = performance.now() + timeoutMs;
      while (progress.answered < target && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    },
    stop: async () => {
      stopping.abort();
      const timer = setTimeout(() => leaving.abort(), endingMs);
      await running;
      clearTimeout(timer);
    },
  };
}

async function askOnce(stage: Stage, dice: Dice, signal: AbortSignal): Promise<ClientReceipt> {
  const purse = dice.weigh(stage.purses.filter(({ isGone }) => !isGone).map((one) => ({ weight: one.customer.weight, purse: one }))).purse;
  const model = dice.pick(purse.customer.models);
  const edge = dice.between(0, stage.edgeUrls.length - 1);
  // What a miscounting worker says of an answer without a stream is all that there is to count.
  const stream = model === odd || dice.chance(0.8);
  const demo = behaviour(dice, model);
  const giveUpAfter = stream && dice.chance(0.1) ? dice.between(1, 60) : undefined;
  const further = { ...(dice.chance(0.3) ? { max_tokens: dice.between(1, 200) } : {}), ...(dice.chance(0.05) ? { n: 2 } : {}) };
  return askAs(stage, { purse, model, edge, stream, demo, further, giveUpAfter }, signal);
}

/** One request of a run. */
export interface Wish extends Pick<ClientReceipt, 'purse' | 'model' | 'edge' | 'stream'> {
  /** What the demo worker is told. */
  readonly demo: Readonly<Record<string, unknown>>;
  /** Further fields of the body. */
  readonly further?: Readonly<Record<string, unknown>>;
  /** See `Question`. */
  readonly giveUpAfter?: number | undefined;
}

/** Asks, and answers what came of it; never rejects. */
export async function askAs(stage: Stage, { purse, model, edge, stream, demo, further, giveUpAfter }: Wish, signal: AbortSignal): Promise<ClientReceipt> {
  const tag = randomUUID();
  const received = nothingReceived();
  const body = { model: model.id, stream, messages: [{ role: 'user', content: 'Say something.' }], ...further, demo: { ...demo, tag } };
  const startedAtMs = performance.now();
  await ask({ url: stage.edgeUrls[edge] ?? '', apiKey: purse.account.apiKey, body, stream, signal, ...(giveUpAfter === undefined ? {} : { giveUpAfter }) }, received);
  return { ...received, tag, purse, model, edge, stream, isHonest: demo['usage'] === undefined, startedAtMs, endedAtMs: performance.now() };
}

function behaviour(dice: Dice, model: PricedModel) {
  const promptTokens = dice.between(1, 900);
  return {
    ...(dice.chance(0.06) ? slowAnswer : { tokens: dice.between(2, 160), tokensPerSecond: dice.pick([50, 200, 500]) }),
    promptTokens,
    ...(dice.chance(0.5) ? { cached: dice.between(0, promptTokens) } : {}),
    ...(model === odd ? { usage: dice.pick(usageFaults) } : {}),
    // A worker that dies in the middle of an answer, or stalls.
    ...(dice.chance(0.03) ? { abortAfter: dice.between(0, 80) } : {}),
    ...(dice.chance(0.03) ? { stallAfter: dice.between(0, 80), stallMs: dice.between(100, 1_500) } : {}),
  };
}
