import { readdir } from 'node:fs/promises';
import { CanarySet, knownText, tablesWith } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { atTime, dayMs, goneMs } from '../ephemeral-time.ts';
import { Person } from '../person.ts';
import type { SinkName } from '../sinks.ts';
import { within } from '../within.ts';
import type { World } from '../world.ts';

/** Where even the id of a conversation has no business. */
const placesWithoutIds: readonly SinkName[] = ['kafka segments', 'redis dump', 'logs and stdout', 'spool', 'mail', 'payment provider', 'metrics', 'temporary files'];

/** Deleted, not hidden. */
export const c6: Claim = {
  id: 'C6',
  sentence: 'Ephemeral conversations are served for 24 hours to the millisecond, and within 5 minutes more no row, no key and no tombstone of them is left.',
  caveat: 'What DELETE leaves in the write-ahead log and in backups is sealed under a secret that is destroyed then.',
  sinks: placesWithoutIds,
  mutation: {
    what: 'a pruner that does not sweep conversations',
    processes: ['pruner'],
    patches: [{ file: 'apps/pruner/src/expiring-tables.ts', from: "  { name: 'conversation', key: 'id', vacuumed: ['account.message', 'account.conversation'] },\n", to: '' }],
  },
  further: [
    {
      what: 'an account process that lists conversations whose time is over',
      processes: ['account'],
      patches: [{ file: 'apps/account/src/conversations/list-conversations.ts', from: '(expires_at IS NULL OR expires_at > $3)', to: '$3::timestamptz IS NOT NULL' }],
    },
  ],
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const person = await Person.create(world.constellation);
    const path = await person.converse({ ephemeral: true }, canaries.mint('ephemeral message'));
    const { id, expires_at: expiresAt } = await person.json<{ id: string; expires_at: string }>('GET', path);
    const messages = (await person.messages(path)).map((message) => message.id);
    require((await everyTable(world, id, ...messages)).length > 0, 'the search of all tables does not find what is there');
    const epochFile = `${Math.floor(Date.parse(expiresAt) / 300_000)}.epoch`;
    require((await epochs(world)).includes(epochFile), 'the conversation has no epoch secret');
    await atTime(world, dayMs - 30_000, async () => hold((await person.messages(path)).length === 2, 'it was gone before its time'));
    // To the millisecond: the moment that its own row names.
    await atTime(world, Date.parse(expiresAt) - Date.now(), async () => {
      hold((await person.send('GET', `${path}/messages`)).status >= 400, 'messages were served after 24 hours');
      const listed = await person.json<{ data: { id: string }[] }>('GET', '/api/conversations');
      hold(!listed.data.some((conversation) => conversation.id === id), 'it was listed after 24 hours');
    });
    await atTime(world, goneMs, async () => {
      await within(15_000, 'no row of any table names it', async () => (await everyTable(world, id, ...messages)).length === 0);
      await within(15_000, 'its epoch secret is destroyed', async () => !(await epochs(world)).includes(epochFile));
    });
    // Neither in a cache nor in a line of a log: not even that it was there.
    for (const text of [id, id.replaceAll('-', '')]) await world.expectClean(placesWithoutIds, knownText('the id of the conversation', text), sinceMs);
    const { rows } = await world.main.query("SELECT table_name FROM information_schema.columns WHERE table_schema IN ('account', 'billing') AND column_name ~ '(deleted|removed|archived|tombstone)(_at|_on)?$' AND table_name <> 'deletion'");
    hold(rows.length === 0, 'a table has a column that marks rows as deleted');
  },
};

async function everyTable(world: World, ...ids: string[]): Promise<string[]> {
  return [...(await tablesWith(world.main, ids)), ...(await tablesWith(world.keystore, ids))];
}

async function epochs(world: World): Promise<string[]> {
  return readdir(world.constellation.paths.epochs);
}
