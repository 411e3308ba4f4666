import { randomBytes } from 'node:crypto';
import { eventually } from '@tacet/testing';
import { customers, leavers } from './customers.ts';
import { Dice } from './dice.ts';
import { FaultLog } from './fault-log.ts';
import type { Fault, FaultScene } from './faults/fault.ts';
import { faults, findFault } from './faults/faults.ts';
import { lookAtBooks, type ChaosResult } from './look-at-books.ts';
import { startLoad, type ClientReceipt, type Load } from './load.ts';
import { openPurse, startStage, type Stage } from './stage.ts';
import { Targets } from './targets.ts';

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** Kills between two rests. */
  readonly restEvery: number;
  /** Names of the faults that are played, one after the other, over and over; undefined: all, by weight. */
  readonly faultNames: readonly string[] | undefined;
  /** Told what happens, line by line. */
  readonly write: (text: string) => void;
}

/** Time between the beginnings of two faults, so that they overlap. */
const gapMs = { least: 50, most: 600 };
/** A fault waits for so many answers since the last, so that there is something to lose, but not for ever. */
const answersBetween = 3;
const answersMsMax = 3_000;
const grantMsMax = 60_000;

/** Starts everything, plays faults by the seed under load, and checks at every rest. Stops at the first rest where something is wrong. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { kills, seed, restEvery, faultNames, write } = options;
  const log = new FaultLog(write);
  const dice = new Dice(seed);
  const nextFault = faultSource(faultNames, dice.fork());
  log.tell(`seed ${seed}: starting Postgres ×2, Redis, Kafka, two workers and the product's processes`);
  const stage = await startStage({ mode: 'cluster', edges: 2, billings: 2, customers: [...customers, ...leavers], clockOffsetMs: { edge: 0, billing: 0, account: 0 } });
  const targets = new Targets(stage, log);
  const receipts: ClientReceipt[] = [];
  const scene: FaultScene = { stage, targets, dice: dice.fork(), log, busy: new Set(), receipts };
  try {
    for (let done = 0; ; ) {
      const load = startLoad(stage, dice.fork(), receipts);
      try {
        done += await playFaults(scene, load, nextFault, Math.min(restEvery, kills - done));
      } finally {
        await load.stop();
      }
      log.tell(`${done} of ${kills} kills; coming to rest`);
      const result = await lookAtBooks(stage, targets, receipts, `seed=${seed} kills=${done}`);
      log.tellResult(result);
      if (!result.holds || done >= kills) {
        log.tell(`faults: ${log.summary}`);
        return result;
      }
      await payAllowances(stage);
      await replaceLeavers(stage);
    }
  } finally {
    await targets.stop();
    await stage.stop();
  }
}

function faultSource(names: readonly string[] | undefined, dice: Dice): () => Fault {
  if (names === undefined) return () => dice.weigh(faults);
  const chosen = names.map((name) => findFault(name));
  let at = 0;
  return () => chosen[at++ % chosen.length] ?? findFault(names[0] ?? '');
}

/** Begins faults until so many kills have happened, each before the last is over; returns how many there were. */
async function playFaults(scene: FaultScene, load: Load, nextFault: () => Fault, kills: number): Promise<number> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let killed = 0;
  while (killed < kills && failures.length === 0) {
    await load.untilAnswered(answersBetween, answersMsMax);
    const fault = nextFault();
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

/** The poor get a little more, so that their money ends again. */
async function payAllowances({ constellation, purses }: Stage): Promise<void> {
  for (const purse of purses) {
    const { allowanceNano } = purse.customer;
    if (allowanceNano === undefined) continue;
    // One grant, however often it is asked for.
    const grant = { accountId: purse.account.accountIdBytes, amountNano: allowanceNano.toString(), grantId: randomBytes(16) };
    await eventually('an allowance is granted', () => constellation.operator.ledger.GrantCredit(grant), grantMsMax);
    purse.creditNano += allowanceNano;
  }
}

/** Others take the place of those whose accounts were deleted. */
async function replaceLeavers({ constellation, purses }: Stage): Promise<void> {
  for (const customer of leavers) {
    const wanted = leavers.filter(({ name }) => name === customer.name).length;
    if (purses.filter((purse) => purse.customer.name === customer.name && !purse.isGone).length < wanted) purses.push(await openPurse(constellation, customer));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
