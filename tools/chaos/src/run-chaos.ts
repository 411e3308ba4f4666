import { randomBytes } from 'node:crypto';
import type { BookCheck } from './check-books.ts';
import { Dice } from './dice.ts';
import { FaultLog } from './fault-log.ts';
import { faults, type Fault, type FaultScene } from './faults.ts';
import { startLoad, type ClientReceipt, type Load } from './load.ts';
import { checkAtRest, waitForRest } from './rest.ts';
import { startStage, type Stage } from './stage.ts';
import type { BackOffice } from './statement.ts';
import { Targets } from './targets.ts';

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Kills between two rests. */
  readonly restEvery: number;
  /** Told what happens, line by line. */
  readonly write: (text: string) => void;
}

/** What came of a run. */
export interface ChaosResult {
  readonly holds: boolean;
  readonly problems: readonly string[];
  /** The totals, in one line. */
  readonly line: string;
}

/** Time between the beginnings of two faults, so that they overlap. */
const gapMs = { least: 50, most: 700 };
/** A fault waits for so many answers since the last, so that there is something to lose, but not for ever. */
const answersBetween = 3;
const answersMsMax = 3_000;
const problemsToldMax = 20;

/** Starts everything, plays faults by the seed under load, and checks at every rest. Stops at the first rest where something is wrong. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { kills, seed, restEvery, write } = options;
  const log = new FaultLog(write);
  const dice = new Dice(seed);
  log.tell(`seed ${seed}: starting Postgres ×2, Redis, Kafka, two workers and the product's processes`);
  const stage = await startStage();
  const targets = new Targets(stage, log);
  const scene: FaultScene = { stage, targets, dice: dice.fork(), log, busy: new Set() };
  const receipts: ClientReceipt[] = [];
  try {
    for (let done = 0; ; ) {
      const load = startLoad(stage, dice.fork(), receipts);
      done += await playFaults(scene, load, Math.min(restEvery, kills - done));
      await load.stop();
      log.tell(`${done} of ${kills} kills; coming to rest`);
      const { problems, line } = await lookAtBooks(stage, targets, receipts, { seed, kills: done });
      for (const problem of problems.slice(0, problemsToldMax)) log.tell(`WRONG: ${problem}`);
      log.tell(line);
      if (problems.length > 0 || done >= kills) {
        log.tell(`faults: ${log.summary}`);
        return { holds: problems.length === 0, problems, line };
      }
      await payAllowances(stage);
    }
  } finally {
    await targets.stop();
    await stage.stop();
  }
}

/** Begins faults until so many kills have happened, each before the last is over; returns how many there were. */
async function playFaults(scene: FaultScene, load: Load, kills: number): Promise<number> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let killed = 0;
  while (killed < kills && failures.length === 0) {
    await load.untilAnswered(answersBetween, answersMsMax);
    const fault: Fault = scene.dice.weigh(faults);
    const happening = fault.begin(scene);
    if (happening) {
      killed += fault.kills;
      const noted: Promise<void> = happening.catch((error: unknown) => void failures.push(error)).finally(() => running.delete(noted));
      running.add(noted);
    }
    await pause(scene.dice.between(gapMs.least, gapMs.most));
  }
  await Promise.all(running);
  if (failures.length > 0) throw new Error('a fault could not be played', { cause: failures[0] });
  return killed;
}

async function lookAtBooks(stage: Stage, targets: Targets, receipts: readonly ClientReceipt[], run: { seed: number; kills: number }): Promise<{ problems: readonly string[]; line: string }> {
  let unrest: string | undefined;
  try {
    await waitForRest(stage, targets);
  } catch (error) {
    unrest = error instanceof Error ? error.message : String(error);
  }
  const { check, office } = await checkAtRest(stage, targets, receipts);
  if (unrest !== undefined) check.report(unrest);
  return { problems: check.problems, line: totalsLine(check, office, run) };
}

function totalsLine({ totals, problems }: BookCheck, { lateNano, boundNano }: BackOffice, { seed, kills }: { seed: number; kills: number }): string {
  const money = Object.entries({ sent: totals.sent, received: totals.received, settled: totals.settled, lost: totals.lost, doubled: totals.doubled, overspent: totals.overspent, late: lateNano, bound: boundNano });
  return `chaos seed=${seed} kills=${kills} requests=${totals.requests} ${money.map(([name, nano]) => `${name}=${nano}`).join(' ')} nano-USD: ${problems.length === 0 ? 'every invariant holds' : `${problems.length} WRONG`}`;
}

/** The poor get a little more, so that their money ends again. */
async function payAllowances({ constellation, purses }: Stage): Promise<void> {
  for (const purse of purses) {
    const { allowanceNano } = purse.customer;
    if (allowanceNano === undefined) continue;
    await constellation.operator.ledger.GrantCredit({ accountId: purse.account.accountIdBytes, amountNano: allowanceNano.toString(), grantId: randomBytes(16) }, { deadlineMs: 20_000 });
    purse.creditNano += allowanceNano;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
