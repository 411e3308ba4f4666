import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { openRecords, readRecords, type StoredRecord } from '../records.ts';

/** Bound to its place. */
export const c2: Claim = {
  id: 'C2',
  sentence: 'Your key opens only your messages, each in its own place: moved to another account, conversation, message or field it does not open.',
  sinks: [],
  mutation: {
    what: 'a key-service that binds no record to its place',
    processes: ['key-service'],
    patches: [
      {
        file: 'apps/key-service/src/rpc/read-record-context.ts',
        from: 'return { accountId, conversationId, messageId, field, schema };',
        to: 'return { accountId: Buffer.alloc(16), conversationId: Buffer.alloc(16), messageId: Buffer.alloc(16), field: 1, schema: 1 };',
      },
    ],
  },
  check: async (world) => {
    const [person, other] = [await Person.create(world.constellation), await Person.create(world.constellation)];
    for (const who of [person, other]) await who.converse({ title: 'A title' }, 'One', 'Two');
    await person.converse({}, 'Elsewhere');
    const own = await readRecords(world.main, person.account.accountId);
    const others = await readRecords(world.main, other.account.accountId);
    require((await openRecords(world, own)).every(Boolean), 'records do not open in their own places');
    const moved: [string, readonly StoredRecord[]][] = [
      ['accounts', own.map((record, i) => ({ ...record, sealed: others[i % others.length]?.sealed ?? record.sealed }))],
      ['messages', own.map((record, i) => ({ ...record, sealed: own[(i + 1) % own.length]?.sealed ?? record.sealed }))],
      ['conversations', own.map((record) => ({ ...record, conversationId: others[0]?.conversationId ?? '' }))],
      ['fields', own.map((record) => ({ ...record, messageId: record.messageId === undefined ? record.conversationId : undefined }))],
    ];
    for (const [what, records] of moved) {
      hold((await openRecords(world, records)).every((opened) => opened === undefined), `a record opened after it was moved between ${what}`);
    }
    // As somebody with the database would do it, and the owner would see it.
    const [first, second] = own.filter(({ messageId }) => messageId !== undefined);
    await world.main.query('UPDATE account.message SET body = CASE id WHEN $1 THEN $4::bytea ELSE $3::bytea END WHERE id IN ($1, $2)', [first?.messageId, second?.messageId, first?.sealed, second?.sealed]);
    const answer = await person.send('GET', `/api/conversations/${first?.conversationId}/messages`);
    hold(!answer.ok, 'a conversation whose messages were swapped in the database was shown');
  },
};
