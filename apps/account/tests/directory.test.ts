import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { hashApiKey } from '@tacet/api-key';
import { createRpcClient, type RpcClient } from '@tacet/rpc';
import type { WatchEvent__Output as WatchEvent } from '@tacet/rpc/types/directory/v1/WatchEvent';
import { eventually } from '@tacet/testing';
import { stringify } from 'uuid';
import { bytesOf, startAccount, type AccountUnderTest } from './support/account-under-test.ts';

let account: AccountUnderTest;
const watches: AbortController[] = [];

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());
afterEach(() => {
  for (const watch of watches.splice(0)) watch.abort();
});

/** Opens a Watch and gathers what it tells. */
function watch(fromRevision: bigint, client: RpcClient<'KeyDirectory'> = account.directory): WatchEvent[] {
  const events: WatchEvent[] = [];
  const controller = new AbortController();
  watches.push(controller);
  void (async () => {
    try {
      for await (const event of client.Watch({ fromRevision: fromRevision.toString() }, { signal: controller.signal })) events.push(event);
    } catch {
      // Cancelled by the test, or cut with the process.
    }
  })();
  return events;
}

declare module '@tacet/rpc' {}

const names = (events: readonly WatchEvent[]) =>
  events
    .filter(({ event }) => event !== 'heartbeat')
    .map(({ event, keyId, accountId }) => [event, keyId?.length ? stringify(keyId) : accountId?.length ? stringify(accountId) : '']);
const newest = async () => (await account.owner.query<{ n: bigint }>('SELECT max(revision) AS n FROM account.key_revision')).rows[0]!.n;

async function makeKey() {
  const { browser, accountId } = await account.signIn();
  const { id, key } = (await browser.post('/api/keys', { name: 'k' })).json;
  return { browser, accountId, id: id as string, key: key as string };
}

test('an unknown hash is an answer, not an error', async () => {
  const answer = await account.directory.Resolve({ hash: hashApiKey('tct_live_nobody') });
  expect([answer.state, answer.keyId.length, answer.accountId.length]).toEqual(['KEY_STATE_UNKNOWN', 0, 0]);
});

test('a watcher hears that the directory lives, and of a revocation at once', async () => {
  const { browser, id } = await makeKey();
  const events = watch(0n);
  await eventually('heartbeats', () => events.filter(({ event }) => event === 'heartbeat').length >= 3);
  await browser.delete(`/api/keys/${id}`);
  await eventually('the revocation', () => names(events).length === 1);
  expect(names(events)).toEqual([['keyId', id]]);
  expect(events.find(({ event }) => event === 'keyId')?.revision).toBe(String(await newest()));
});

test('the lock, a suspension and a deletion tell of the whole account', async () => {
  const { browser, accountId } = await makeKey();
  const events = watch(0n);
  await eventually('watching', () => events.length > 0);
  await browser.patch('/api/settings', { all_keys_no_log: true });
  await account.operator.SuspendAccount({ accountId: bytesOf(accountId), suspended: true });
  await browser.delete('/api/account');
  await eventually('three events', () => names(events).length === 3);
  expect(names(events)).toEqual(Array.from({ length: 3 }, () => ['accountId', accountId]));
});

test('a watcher that comes back is told what it missed', async () => {
  const { browser, id } = await makeKey();
  const from = await newest();
  await browser.delete(`/api/keys/${id}`);
  const events = watch(from);
  await eventually('the missed revocation', () => names(events).some(([, of]) => of === id));
  await eventually('heartbeats', () => events.at(-1)?.event === 'heartbeat');
  expect(events.at(-1)?.revision).toBe(String(await newest()));
});

test('a watcher from before what is kept, or from a future that was restored away, drops everything', async () => {
  await makeKey().then(({ browser, id }) => browser.delete(`/api/keys/${id}`));
  await account.owner.query("UPDATE account.key_revision SET created_at = created_at - interval '11 minutes'");
  await account.restart();
  await eventually('old revisions are deleted, but for the mark', async () => {
    const { rows } = await account.owner.query('SELECT key_id, account_id FROM account.key_revision');
    return rows.length === 1 && rows[0].key_id === null && rows[0].account_id === null;
  });
  const old = watch(1n);
  await eventually('a reset', () => names(old).length > 0);
  expect(names(old)[0]).toEqual(['reset', '']);
  const future = watch((await newest()) + 5n);
  await eventually('a reset', () => names(future).length > 0);
  expect(names(future)[0]).toEqual(['reset', '']);
}, 60_000);

test('a revision that becomes visible after a newer one is told all the same', async () => {
  const [late, early] = [await makeKey(), await makeKey()];
  const events = watch(0n);
  await eventually('watching', () => events.length > 0);
  // Another writer, without the lock that account itself takes: it draws its number first and commits last.
  const slow = await account.owner.connect();
  await slow.query('BEGIN');
  await slow.query('INSERT INTO account.key_revision (key_id) VALUES ($1)', [late.id]);
  await account.owner.query('INSERT INTO account.key_revision (key_id) VALUES ($1)', [early.id]);
  await eventually('the newer one', () => names(events).length === 1);
  await slow.query('COMMIT');
  slow.release();
  await eventually('the older one', () => names(events).length === 2);
  expect(names(events)).toEqual([
    ['keyId', early.id],
    ['keyId', late.id],
  ]);
  const revisions = events.map(({ revision }) => BigInt(revision));
  expect(revisions).toEqual(revisions.toSorted((a, b) => (a < b ? -1 : 1)));
});

test('a revocation that one process writes is told by another', async () => {
  const { id } = await makeKey();
  const events = watch(0n);
  await eventually('watching', () => events.length > 0);
  await account.owner.query(
    "WITH made AS (INSERT INTO account.key_revision (key_id) VALUES ($1) RETURNING revision) SELECT pg_notify('key_revision', revision::text) FROM made",
    [id],
  );
  await eventually('the event', () => names(events).some(([, of]) => of === id));
});

test('when the database cannot be read the heartbeats stop, and come back with what was missed', async () => {
  const { id } = await makeKey();
  const events = watch(0n);
  await eventually('watching', () => events.length > 0);
  await account.owner.query('REVOKE SELECT ON account.key_revision FROM tacet_account');
  await eventually('directory_stale is logged', async () => (await account.log()).includes('"directory_stale"'));
  // What was on its way when the reads began to fail arrives; then there is silence.
  await eventually('silence', async () => {
    const before = events.length;
    await new Promise((resolve) => setTimeout(resolve, 800));
    return events.length === before;
  });
  await account.owner.query('INSERT INTO account.key_revision (key_id) VALUES ($1)', [id]);
  await account.owner.query('GRANT SELECT ON account.key_revision TO tacet_account');
  await eventually('the missed event', () => names(events).some(([, of]) => of === id));
  await eventually('heartbeats', () => events.at(-1)?.event === 'heartbeat');
}, 60_000);

test('a stream of a process that stops ends, and so does the process', async () => {
  const events = watch(0n);
  await eventually('watching', () => events.length > 0);
  const ending = await account.process.stop();
  expect(ending.code).toBe(0);
  await account.restart();
}, 60_000);

test.each(['account', 'billing', 'pruner', 'operator'] as const)('%s may not read the directory', async (identity) => {
  const client = createRpcClient('KeyDirectory', { address: account.rpcAddress, tls: account.tlsOf(identity), server: 'account' });
  try {
    await expect(client.Resolve({ hash: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'rpc_not_allowed' });
    await expect(client.ResolveAccount({ accountId: Buffer.alloc(16) })).rejects.toMatchObject({ code: 'rpc_not_allowed' });
  } finally {
    client.close();
  }
});

test('key-service may watch, for its evictions, and nothing else', async () => {
  const client = createRpcClient('KeyDirectory', { address: account.rpcAddress, tls: account.tlsOf('key-service'), server: 'account' });
  try {
    const events = watch(0n, client);
    await eventually('watching', () => events.length > 0);
    await expect(client.Resolve({ hash: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'rpc_not_allowed' });
  } finally {
    client.close();
  }
});

test.each([
  ['Resolve', { hash: Buffer.alloc(31) }, 'hash'],
  ['ResolveAccount', { accountId: Buffer.alloc(15) }, 'account_id'],
] as const)('%s names the field that is wrong', async (rpc, request, param) => {
  await expect((account.directory[rpc] as (input: object) => Promise<unknown>)(request)).rejects.toMatchObject({
    code: 'field_invalid',
    param,
  });
});
