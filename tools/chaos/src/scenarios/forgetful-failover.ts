import { randomBytes } from 'node:crypto';
import { eventually } from '@tacet/testing';
import { readBackOffice, readGrants } from '../back-office.ts';
import { readTimeline, takeBaseBackup, takeOver } from '../base-backup.ts';
import { cheap, plain, type Customer } from '../customers.ts';
import { Dice } from '../dice.ts';
import { startLoad, type ClientReceipt, type Load } from '../load.ts';
import type { Rates } from '../price.ts';
import { waitForRest } from '../rest.ts';
import type { Purse, Stage } from '../stage.ts';
import type { Target } from '../targets.ts';
import { truncateUsage } from '../usage-topic.ts';
import { isBilledAt } from './is-billed-at.ts';
import { expectSoon, playStory, StoryEnd, type Story } from './play-story.ts';
import type { Scenario } from './scenario.ts';

/** So long that nothing is cut while Postgres is away, however slow the machine. */
const patientSessionMs = 20_000;
/** All of the money of the first is spent twice over: at the edge that was granted it, and at the one that is granted it again. */
const torn: Customer = { name: 'torn', creditUsd: '0.0005', models: [plain], weight: 0 };
const customers: readonly Customer[] = [
  torn,
  { name: 'rich', creditUsd: '50', models: [plain, cheap], weight: 4 },
  { name: 'modest', creditUsd: '0.01', models: [plain], weight: 2 },
  { name: 'silent', creditUsd: '20', noLog: true, models: [plain], weight: 3 },
];
const seed = 1;
const answersBetween = 15;
const answersMsMax = 20_000;
const readyMsMax = 60_000;
const grantNano = 1_000_000_000n;
/** Takes more than half of what the torn customer has, slowly. */
const longAnswer = { promptTokens: 500, tokens: 1_500, tokensPerSecond: 100 };
/** More than what is left when not even the prompt of another request can be paid. */
const spentNano = 150_000n;
const dearer: Rates = { inputPico: cheap.inputPico * 2n, cachedPico: cheap.cachedPico * 2n, outputPico: cheap.outputPico * 2n };
const quickAnswer = { ...longAnswer, tokensPerSecond: 0 };

/**
 * Postgres fails over to a standby that lags behind: commits, grants of leases, an edge's epoch, a price and a grant of credit are
 * forgotten. Charges come again from Kafka, and from the spools what it has lost; those at a price that is forgotten are set aside until
 * it is published again. What edges may still spend of forgotten grants is granted a second time, and the loss pays.
 */
export const forgetfulFailover: Scenario = {
  name: 'forgetful-failover',
  sentence: 'A failover that forgets commits costs nobody anything, one that forgets grants no more than the holds concerned.',
  run: (log) => playStory('forgetful-failover', log, { mode: 'cluster', edges: 2, billings: 2, sessionMs: patientSessionMs, customers }, failOver),
};

async function failOver(story: Story): Promise<void> {
  const receipts: ClientReceipt[] = [];
  story.log.tell('clients ask');
  const load = startLoad(story.stage, new Dice(seed), receipts);
  let forgotten: ReadonlyMap<string, bigint>;
  try {
    await load.untilAnswered(answersBetween, answersMsMax);
    forgotten = await forget(story, load, receipts);
    await load.untilAnswered(answersBetween, answersMsMax);
  } finally {
    await load.stop();
  }
  story.log.tell('coming to rest');
  for (const receipt of receipts) story.remember(receipt);
  await checkLosses(story, forgotten);
}

/** Takes a copy, lets things happen that it has not, and puts it in Postgres' place. Answers what was granted meanwhile, by account. */
async function forget(story: Story, load: Load, receipts: ClientReceipt[]): Promise<ReadonlyMap<string, bigint>> {
  const { stage, targets, log, purse, askFor } = story;
  const { databases, kafka } = stage.constellation.servers;
  const { databaseAdminUrl, server } = databases.main;
  const [first, second] = targets.all.filter(({ application }) => application === 'edge');
  const rich = stage.purses[1];
  if (!server || !kafka || !first || !second || !rich) throw new Error('something is missing');
  const copy = `${server.dataFolder}.standby`;
  await takeBaseBackup(databaseAdminUrl, server.dataFolder, copy);
  const before = { timeline: await readTimeline(databaseAdminUrl), grants: await readGrants(databaseAdminUrl) };
  log.tell('the standby follows no longer; money is earned, leases are granted, an edge begins a new epoch, credit is granted');
  await targets.kill(second, 0);
  await second.process.waitUntilReady(readyMsMax);
  const operator = new Operator(stage, rich);
  await operator.act();
  const isCharged = async () => {
    receipts.push(await askFor({ demo: quickAnswer, stream: true, purse: rich, model: cheap, edge: 1 }));
    return isBilledAt(stage, rich, dearer);
  };
  await eventually('somebody is charged the new price', isCharged, readyMsMax);
  await load.untilAnswered(answersBetween, answersMsMax);
  // From here on Kafka can tell again what is forgotten; before, only the spools can.
  await truncateUsage(`127.0.0.1:${kafka.port}`);
  const atFirst = askFor({ demo: longAnswer, stream: true });
  await eventually('the first edge has spent something', async () => (await spentOf(stage, purse)) >= spentNano, readyMsMax);
  try {
    const forgotten = await loseCommits(story, first, before.grants, copy);
    if ((await readTimeline(databaseAdminUrl)) === before.timeline) throw new Error('the standby is on the old timeline');
    stage.prices.forget(cheap.id);
    stage.expectedDiscrepancies.add('unknown_price');
    const isSetAside = async () => (await readBackOffice(databaseAdminUrl)).deadLetters.length > 0;
    await expectSoon('records of a forgotten price are set aside', isSetAside, readyMsMax);
    await operator.act();
    log.tell('the second edge spends what the first was granted');
    receipts.push(...(await spendAtSecond(story)));
    return forgotten;
  } finally {
    log.tell('the first edge goes on');
    first.process.signal('SIGCONT');
    receipts.push(await atFirst);
  }
}

/** Grants credit and makes a model dearer; and once more, in the same words, when Postgres has forgotten it, as docs/money.md says. */
class Operator {
  readonly #stage: Stage;
  readonly #purse: Purse;
  readonly #grantId = randomBytes(16);
  #granted = false;

  constructor(stage: Stage, purse: Purse) {
    this.#stage = stage;
    this.#purse = purse;
  }

  async act(): Promise<void> {
    const { constellation, prices } = this.#stage;
    const grant = { accountId: this.#purse.account.accountIdBytes, amountNano: grantNano.toString(), grantId: this.#grantId };
    await eventually('credit is granted', () => constellation.operator.ledger.GrantCredit(grant), readyMsMax);
    if (!this.#granted) this.#purse.creditNano += grantNano;
    this.#granted = true;
    await prices.change(cheap.id, dearer, (list) => eventually('prices are published', () => constellation.applyModels(list).then(() => true), readyMsMax));
  }
}

/** The standby takes over, while the first edge stands still. Answers, by account, what leases were granted since `before`. */
async function loseCommits({ stage, targets, log }: Story, first: Target, before: ReadonlyMap<string, ReadonlyMap<string, bigint>>, copy: string): Promise<ReadonlyMap<string, bigint>> {
  const { databaseAdminUrl, server } = stage.constellation.servers.databases.main;
  const billings = targets.all.filter(({ application }) => application === 'billing');
  first.process.signal('SIGSTOP');
  for (const { process } of billings) process.signal('SIGSTOP');
  try {
    const grants = await readGrants(databaseAdminUrl);
    const postgres = stage.servers.find('postgres-main');
    postgres.process.signal('SIGQUIT');
    await postgres.process.ended;
    await takeOver(server?.dataFolder ?? '', copy);
    await postgres.start();
    const forgotten = new Map([...grants].map(([account, leases]) => [account, growth(leases, before.get(account))]));
    log.tell(`the standby has taken over; forgotten grants: ${[...forgotten.values()].reduce((sum, nano) => sum + nano, 0n)} nano-USD`);
    return forgotten;
  } finally {
    // What they remember of prices must not help them.
    await Promise.all(billings.map((billing) => targets.kill(billing, 0)));
  }
}

function growth(leases: ReadonlyMap<string, bigint>, before: ReadonlyMap<string, bigint> = new Map()): bigint {
  return [...leases].reduce((sum, [lease, granted]) => sum + (granted > (before.get(lease) ?? 0n) ? granted - (before.get(lease) ?? 0n) : 0n), 0n);
}

/** Asks until the money is gone; before, billings must find Postgres again. */
async function spendAtSecond({ askFor }: Story): Promise<ClientReceipt[]> {
  const receipts: ClientReceipt[] = [];
  await expectSoon(
    'the second edge has spent all',
    async () => {
      receipts.push(await askFor({ demo: quickAnswer, stream: true, edge: 1 }));
      return receipts.at(-1)?.status === 402;
    },
    readyMsMax,
  );
  return receipts;
}

async function spentOf({ constellation }: Stage, { account, creditNano }: Purse): Promise<bigint> {
  const { postedNano } = await constellation.operator.ledger.GetBalance({ accountId: account.accountIdBytes });
  return creditNano - BigInt(postedNano);
}

/** What losses paid is bounded by what was forgotten, account by account; and the story must have shown it. */
async function checkLosses({ stage, targets, log }: Story, forgotten: ReadonlyMap<string, bigint>): Promise<void> {
  // What is set aside stays held.
  const { charged, superseded } = await stage.constellation.operator.ledger.RetryDeadLetters({}, { deadlineMs: readyMsMax });
  log.tell(`of the records that were set aside ${charged} are charged, ${superseded} were replaced by later ones`);
  await waitForRest(stage, targets).catch(() => undefined);
  const { lateByAccount, lateNano } = await readBackOffice(stage.constellation.servers.databases.main.databaseAdminUrl);
  log.tell(`loss:late pays ${lateNano} nano-USD`);
  for (const { customer, account } of stage.purses) {
    const late = lateByAccount.get(account.accountId) ?? 0n;
    const most = forgotten.get(account.accountId) ?? 0n;
    if (late > most) throw new StoryEnd(`loss:late pays ${late} in place of ${customer.name}, of whom ${most} of grants were forgotten`);
    if (customer === torn && late === 0n) throw new StoryEnd('nothing was spent twice over: the story shows nothing');
  }
}
