import { eventually } from '@tacet/testing';
import { plain, type Customer } from '../customers.ts';
import type { FaultLog } from '../fault-log.ts';
import { askAs, type ClientReceipt, type Wish } from '../load.ts';
import { lookAtBooks, type ChaosResult } from '../look-at-books.ts';
import { startStage, type Purse, type Stage, type StageOptions } from '../stage.ts';
import { Targets } from '../targets.ts';

/** What a story may touch. */
export interface Story {
  readonly stage: Stage;
  readonly targets: Targets;
  readonly log: FaultLog;
  /** The one customer, who has money enough; the first, where the story has more. */
  readonly purse: Purse;
  /** Asks, for that customer at the first edge and for the plain model unless told otherwise. */
  readonly askFor: (question: StoryQuestion) => Promise<ClientReceipt>;
  /** Remembers what a client received, so that the books are compared with it. */
  readonly remember: (receipt: ClientReceipt) => void;
}

/** One request of a story: what the demo worker is told, and whether it streams. */
export interface StoryQuestion extends Pick<Wish, 'demo' | 'stream'>, Partial<Pick<Wish, 'purse' | 'model' | 'edge'>> {}

/** What a story finds wrong before the books can be looked at. */
export class StoryEnd extends Error {
  override readonly name = 'StoryEnd';
}

/** As `eventually`, where its not coming about is what the story would show. */
export async function expectSoon<T>(what: string, probe: () => Promise<T | undefined | false>, timeoutMs: number): Promise<T> {
  try {
    return await eventually(what, probe, timeoutMs);
  } catch (error) {
    throw new StoryEnd(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const customer: Customer = { name: 'only', creditUsd: '20', models: [plain], weight: 1 };

/** Starts the product (embedded and one of each process unless told otherwise), plays a story, and looks at the books. */
export async function playStory(name: string, log: FaultLog, options: Partial<StageOptions>, play: (story: Story) => Promise<void>): Promise<ChaosResult> {
  const { mode = 'embedded' } = options;
  log.tell(`scenario ${name}: starting Postgres ×2, ${mode === 'cluster' ? 'Redis, Kafka, ' : ''}two workers and the product's processes`);
  const stage = await startStage({ customers: [customer], ...options, mode });
  const targets = new Targets(stage, log);
  const receipts: ClientReceipt[] = [];
  try {
    const [purse] = stage.purses;
    if (!purse) throw new Error('a story has a customer');
    const askFor = (question: StoryQuestion) => askAs(stage, { purse, model: plain, edge: 0, ...question }, new AbortController().signal);
    await play({ stage, targets, log, purse, askFor, remember: (receipt) => void receipts.push(receipt) });
    const result = await lookAtBooks(stage, targets, receipts, `scenario=${name}`);
    log.tellResult(result);
    return result;
  } catch (error) {
    if (!(error instanceof StoryEnd)) throw error;
    const result = { holds: false, problems: [error.message], line: `chaos scenario=${name}: 1 WRONG` };
    log.tellResult(result);
    return result;
  } finally {
    await targets.stop();
    await stage.stop();
  }
}
