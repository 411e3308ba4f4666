import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { startPrunerTest, type PrunerUnderTest } from './pruner-under-test.ts';
import { countRows, insertAccount, insertConversation, insertExpiredConversations } from './rows.ts';

let under: PrunerUnderTest;
let accountId: string;
const dayMs = 86_400_000;
const everySecond = { TACET_PRUNER_INTERVAL_MS: '1000' };

beforeAll(async () => {
  under = await startPrunerTest();
}, 60_000);
afterAll(() => under.stop(), 60_000);
beforeEach(async () => {
  accountId = await insertAccount(under.admin);
});

async function metricsOf({ metricsUrl }: { metricsUrl: string }): Promise<string> {
  return (await fetch(`${metricsUrl}/metrics`)).text();
}

const conversations = () => countRows(under.admin, 'conversation', 'account_id = $1', [accountId]);

test('a loop sweeps at once and again, is ready, counts, and stops orderly', async () => {
  await insertConversation(under.admin, accountId, Date.now() - 1);
  const pruner = await under.start(['loop'], everySecond);
  await pruner.waitUntilReady();
  await eventually('the first is gone', async () => (await conversations()) === 0);
  await insertConversation(under.admin, accountId, Date.now() - 1);
  await eventually('the second is gone', async () => (await conversations()) === 0);
  const metrics = await eventually('both are counted', async () => {
    const text = await metricsOf(pruner);
    return text.includes('tacet_pruner_rows_deleted_total{table="conversation"} 2') ? text : undefined;
  });
  expect(metrics).toContain('tacet_pruner_oldest_overdue_seconds{table="conversation"} 0');
  expect(metrics).toMatch(/tacet_pruner_last_complete_sweep_timestamp_seconds \d{10}/);
  expect(await pruner.stop()).toEqual({ code: 0, signal: undefined });
});

test('by the clock: an ephemeral conversation is there until 24 h and gone within a sweep after them', async () => {
  const clock = await under.createClock('pruner');
  const pruner = await under.start(['loop'], everySecond, clock);
  await insertConversation(under.admin, accountId, Date.now() + dayMs);
  await insertConversation(under.admin, accountId, undefined);
  await clock.set(dayMs - 60_000);
  // A row that is past by the moved clock alone shows that it has arrived.
  const marker = await insertAccount(under.admin);
  await insertConversation(under.admin, marker, Date.now() + 1_000);
  await eventually('the clock has moved', async () => (await countRows(under.admin, 'conversation', 'account_id = $1', [marker])) === 0);
  expect(await conversations()).toBe(2);
  await clock.set(dayMs + 1_000);
  await eventually('it is gone', async () => (await conversations()) === 1);
  expect(await countRows(under.admin, 'message', 'conversation_id IN (SELECT id FROM account.conversation WHERE account_id = $1)', [accountId])).toBe(2);
  await pruner.stop();
});

test('while it cannot delete, the metric shows how overdue the oldest row is, and it goes on when it can', async () => {
  await insertConversation(under.admin, accountId, Date.now() - 3_600_000);
  await under.admin.query('REVOKE DELETE ON account.conversation FROM tacet_pruner');
  const pruner = await under.start(['loop'], everySecond);
  await pruner.waitUntilReady();
  const overdue = async () => Number(/tacet_pruner_oldest_overdue_seconds\{table="conversation"\} (\S+)/.exec(await metricsOf(pruner))?.[1]);
  await eventually('it is an hour', async () => (await overdue()) >= 3_600);
  await eventually('it counts as a failure', async () => /tacet_pruner_sweeps_failed_total [1-9]/.test(await metricsOf(pruner)));
  await under.admin.query('GRANT DELETE ON account.conversation TO tacet_pruner');
  await eventually('it is gone', async () => (await conversations()) === 0);
  await eventually('nothing is overdue', async () => (await overdue()) === 0);
  await pruner.stop();
});

test('SIGTERM in the middle of a large sweep ends it after a batch', async () => {
  await insertExpiredConversations(under.admin, accountId, 30_000);
  const pruner = await under.start(['loop'], everySecond);
  await eventually('it has begun', async () => (await conversations()) < 30_000);
  expect(await pruner.stop()).toEqual({ code: 0, signal: undefined });
  expect(await conversations()).toBeGreaterThan(0);
  expect((await under.sweep()).code).toBe(0);
  expect(await conversations()).toBe(0);
}, 60_000);
