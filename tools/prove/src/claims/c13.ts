import { join } from 'node:path';
import { takeBaseBackup, withRestored } from '../base-backup.ts';
import { hold, require, type Claim } from '../claim.ts';
import { readReceipt, requestDeletion } from '../deletion.ts';
import { Person } from '../person.ts';
import { openRecords, readRecords } from '../records.ts';

let backups = 0;

/** Deletion reaches backups. */
export const c13: Claim = {
  id: 'C13',
  sentence: 'After a deletion old backups of your messages cannot be read, and from the day on the receipt no backup of the keys exists that could change that.',
  caveat: 'Until that day somebody with a backup of the keystore, a backup of the database and the master key could.',
  sinks: [],
  mutation: {
    what: 'a key-service that does not destroy the keys of a deleted account',
    processes: ['key-service'],
    patches: [{ file: 'apps/key-service/src/rpc/shred-account.ts', from: 'return deleteDeks(connection, name);', to: 'return (void deleteDeks, 1);' }],
  },
  check: async (world) => {
    const person = await Person.create(world.constellation);
    await person.converse({ title: 'A title' }, 'A message');
    const { accountId } = person.account;
    const { rows: keys } = await world.keystore.query<{ wrapped: Buffer }>('SELECT wrapped FROM keystore.dek WHERE account_id = $1', [accountId]);
    const folder = join(world.workshop, `deleted-${backups++}`);
    await takeBaseBackup(world, folder);
    await withRestored(world, folder, async (restored) => {
      const records = await readRecords(restored, accountId);
      require(records.length === 3 && (await openRecords(world, records)).every(Boolean), 'the restored records do not open while the account lives');
      const receipt = await readReceipt(person, await requestDeletion(person));
      const days = (Date.parse(receipt.backups_unreadable_since) - Date.parse(receipt.deleted_on)) / 86_400_000;
      hold(days >= 0 && days <= 2, 'the receipt names another day than that on which the last backup of the keystore ends');
      hold((await openRecords(world, records)).every((text) => text === undefined), 'a record of the backup opened after the deletion');
    });
    // Not in a table any more, and not in the files of one.
    const { rows } = await world.keystore.query('SELECT 1 FROM keystore.dek WHERE account_id = $1', [accountId]);
    hold(rows.length === 0 && keys.length === 1, 'a wrapped key of the account is left');
  },
};
