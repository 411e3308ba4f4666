import { eventually } from '@tacet/testing';
import { readBackOffice } from '../back-office.ts';
import { plain, type Customer } from '../customers.ts';
import { beginDeletion } from '../faults/delete-account.ts';
import type { Stage } from '../stage.ts';
import { expectSoon, playStory, StoryEnd, type Story } from './play-story.ts';
import type { Scenario } from './scenario.ts';

/** So long that edges go on while Kafka is away, however slow the machine. */
const patientSessionMs = 30_000;
const stays: Customer = { name: 'stays', creditUsd: '20', models: [plain], weight: 1 };
const leaves: Customer = { name: 'leaves', creditUsd: '20', models: [plain], weight: 1 };
const streams = 3;
/** Goes on for long after the account is deleted. */
const longAnswer = { promptTokens: 200, tokens: 6_000, tokensPerSecond: 100 };
const shortAnswer = { promptTokens: 50, tokens: 10, tokensPerSecond: 0 };
/** Longer than the closing of an account waits for its leases. */
const aheadMs = 300_000;
const beginMsMax = 30_000;
const forgottenMsMax = 30_000;

/**
 * An account is deleted while its streams run and Kafka is away, and the closing waits no longer for what is on its way: the counts
 * of the streams reach billing when nobody knows the account any more.
 */
export const deletedMidStream: Scenario = {
  name: 'deleted-mid-stream',
  sentence: 'The streams of a deleted account are cut, and what they cost is booked once, to loss:deleted where it comes too late.',
  run: (log) => playStory('deleted-mid-stream', log, { mode: 'cluster', sessionMs: patientSessionMs, customers: [stays, leaves], clockOffsetMs: { account: 0 } }, deleteMidStream),
};

async function deleteMidStream({ stage, log, askFor, remember }: Story): Promise<void> {
  const { proxies, purses, constellation } = stage;
  const leaver = purses.find(({ customer }) => customer === leaves);
  const kafka = proxies.get('kafka');
  const clock = constellation.clocks['account'];
  if (!leaver || !kafka || !clock) throw new Error('somebody or something is missing');
  log.tell('nothing passes to Kafka; streams begin');
  kafka.hold();
  const staying = askFor({ demo: { ...longAnswer, tokens: 300 }, stream: true });
  const leaving = Array.from({ length: streams }, () => askFor({ demo: longAnswer, stream: true, purse: leaver }));
  await eventually('streams run', async () => (await runningOf(stage)) > streams, beginMsMax);

  log.tell('the account is deleted');
  await eventually('the deletion begins', () => beginDeletion(stage, leaver), beginMsMax);
  leaver.isGone = true;
  const began = performance.now();
  const cut = await Promise.all(leaving);
  log.tell(`its streams ended ${Math.round(Math.max(...cut.map(({ endedAtMs }) => endedAtMs)) - began)} ms later, ${cut.map(({ errorCode }) => errorCode).join(', ')}`);
  for (const receipt of [...cut, await staying]) remember(receipt);
  if (cut.some(({ done, pieces }) => done || pieces === 0)) throw new StoryEnd('a stream of a deleted account was not cut');
  const refused = await askFor({ demo: shortAnswer, stream: true, purse: leaver });
  if (refused.status !== 401) throw new StoryEnd(`a key of a deleted account is answered with ${refused.status}`);

  log.tell('the closing waits no longer');
  await clock.set(aheadMs);
  const { databaseAdminUrl } = constellation.servers.databases.main;
  await expectSoon('the account is forgotten', async () => (await readBackOffice(databaseAdminUrl)).deletions.length === 0, forgottenMsMax);
  await clock.set(0);
  const before = await readBackOffice(databaseAdminUrl);
  if (before.closedAccountsNano !== 0n) throw new StoryEnd(`${before.closedAccountsNano} was charged though nothing could arrive`);
  log.tell('Kafka can be reached again');
  kafka.restore();
  const { deletedNano } = await expectSoon('the late counts are booked', async () => {
    const now = await readBackOffice(databaseAdminUrl);
    return now.deletedNano > 0n && now;
  }, forgottenMsMax);
  log.tell(`loss:deleted pays ${deletedNano}`);
}

async function runningOf({ workers }: Stage): Promise<number> {
  const all = await Promise.all(workers.map((worker) => worker.receipts()));
  return all.reduce((sum, { running }) => sum + running, 0);
}
