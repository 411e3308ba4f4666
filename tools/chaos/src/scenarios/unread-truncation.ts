import { eventually } from '@tacet/testing';
import { readBackOffice } from '../back-office.ts';
import type { ClientReceipt } from '../load.ts';
import type { Stage } from '../stage.ts';
import { readStatement } from '../statement.ts';
import { lastSeqs } from '../rest.ts';
import { countUsageRecords, truncateUsage } from '../usage-topic.ts';
import { expectSoon, playStory, StoryEnd, type Story } from './play-story.ts';
import type { Scenario } from './scenario.ts';

/** So long that edges go on while billing stands still, however slow the machine. */
const patientSessionMs = 30_000;
const requestsEach = 3;
const shortAnswer = { promptTokens: 40, tokens: 10, tokensPerSecond: 0 };
const kafkaMsMax = 20_000;
const appliedMsMax = 60_000;

/** Kafka loses what nobody has read, and takes more: what comes next stands beyond a gap, until the edge sends the rest again. */
export const unreadTruncation: Scenario = {
  name: 'unread-truncation',
  sentence: 'What is beyond a gap waits until the gap is filled.',
  run: (log) => playStory('unread-truncation', log, { mode: 'cluster', sessionMs: patientSessionMs }, truncateUnread),
};

async function truncateUnread(story: Story): Promise<void> {
  const { stage, targets, log, remember } = story;
  const { kafka } = stage.constellation.servers;
  const billing = targets.all.find(({ application }) => application === 'billing');
  if (!kafka || !billing) throw new Error('there is no Kafka or no billing');
  const broker = `127.0.0.1:${kafka.port}`;
  const receipts = await askInKafka(story, broker, 0);
  await eventually('they are applied', async () => (await appliedOf(stage)) >= requestsEach, appliedMsMax);

  log.tell('billing stands still; what Kafka takes meanwhile is deleted, and it takes more');
  billing.process.signal('SIGSTOP');
  try {
    // A question of billing's may be open at Kafka: the first records answer it, and are not lost with the others.
    for (let times = 0; times < 2; times++) receipts.push(...(await askInKafka(story, broker, await countUsageRecords(broker))));
    await truncateUsage(broker);
    receipts.push(...(await askInKafka(story, broker, await countUsageRecords(broker))));
  } finally {
    billing.process.signal('SIGCONT');
  }
  log.tell('billing goes on');
  for (const receipt of receipts) remember(receipt);
  await expectSoon('all is applied', async () => (await appliedOf(stage)) >= (await writtenBy(stage)), appliedMsMax);
  await expectAllBilled(story, receipts);
}

/** Asks, and waits until the finals are in Kafka, which had taken `before` records. */
async function askInKafka({ askFor }: Story, broker: string, before: number): Promise<ClientReceipt[]> {
  const receipts = await Promise.all(Array.from({ length: requestsEach }, () => askFor({ demo: shortAnswer, stream: true })));
  if (!receipts.every(({ done }) => done)) throw new Error('an answer did not come');
  await eventually('finals are in Kafka', async () => (await countUsageRecords(broker)) >= before + requestsEach, kafkaMsMax);
  return receipts;
}

async function appliedOf({ constellation }: Stage): Promise<number> {
  const { applied } = await readBackOffice(constellation.servers.databases.main.databaseAdminUrl);
  return [...applied.values()].reduce((sum, seq) => sum + Number(seq), 0);
}

async function writtenBy({ constellation }: Stage): Promise<number> {
  const last = await Promise.all(constellation.edges.map(({ spoolFolder }) => lastSeqs(spoolFolder)));
  return last.flatMap((seqs) => [...seqs.values()]).reduce((sum, seq) => sum + Number(seq), 0);
}

/** What counts as applied and has no row will never have one: there is nothing to wait for. */
async function expectAllBilled({ stage, purse }: Story, receipts: readonly ClientReceipt[]): Promise<void> {
  const { requests } = await readStatement(stage.constellation.operator, purse.account.accountIdBytes);
  const known = new Set(requests.map(({ requestId }) => requestId));
  const missing = receipts.filter(({ requestId }) => requestId === undefined || !known.has(requestId));
  if (missing.length > 0) throw new StoryEnd(`all records count as applied, but ${missing.length} of ${receipts.length} requests are not billed`);
}
