import { join } from 'node:path';
import { takeBaseBackup, withRestored } from '../base-backup.ts';
import { hold, require, type Claim } from '../claim.ts';
import { atTime, goneMs } from '../ephemeral-time.ts';
import { Person } from '../person.ts';
import { openRecords, readRecords } from '../records.ts';

let backups = 0;

/** A backup does not bring it back. */
export const c7: Claim = {
  id: 'C7',
  sentence: 'An ephemeral conversation whose time is over cannot be read from a backup either, by nobody, with all keys that are left.',
  caveat: 'Backups of the folder of epoch secrets would undo this: it belongs into no backup. A conversation that was durable when a backup was taken stays readable there until that backup ends.',
  sinks: [],
  mutation: {
    what: 'a key-service for which no epoch ever ends',
    processes: ['key-service'],
    patches: [{ file: 'apps/key-service/src/epochs/epoch.ts', from: 'return epochEndMs(epoch) <= nowMs;', to: 'return epochEndMs(epoch) <= nowMs - 1e12;' }],
  },
  check: async (world) => {
    const person = await Person.create(world.constellation);
    await person.converse({ ephemeral: true, title: 'A title' }, 'A message');
    const durable = await person.converse({ title: 'Kept' }, 'Another');
    const { accountId } = person.account;
    const folder = join(world.workshop, `ephemeral-${backups++}`);
    await takeBaseBackup(world, folder);
    await withRestored(world, folder, async (restored) => {
      const records = await readRecords(restored, accountId);
      const isEphemeral = records.map(({ sealed }) => sealed[1] === 0x11);
      require(records.length === 6 && isEphemeral.filter(Boolean).length === 3, 'the restored backup does not hold the conversations');
      require((await openRecords(world, records)).every(Boolean), 'the restored records do not open while their secrets live');
      await atTime(world, goneMs, async () => {
        // The keystore, the master keys and the folder of epoch secrets are as they are: every key that is left.
        await world.restart('key-service');
        const opened = await openRecords(world, records);
        hold(opened.every((text, i) => !isEphemeral[i] || text === undefined), 'a record of the backup opened after its time');
        require(opened.every((text, i) => isEphemeral[i] || text !== undefined), 'durable records of the backup do not open');
      });
      // No clock brings the secret back.
      hold((await openRecords(world, records)).every((text, i) => !isEphemeral[i] || text === undefined), 'a record of the backup opened when the clock was turned back');
    });
    require((await person.messages(durable)).length === 2, 'the durable conversation cannot be read');
  },
};
