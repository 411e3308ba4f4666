import { createCipheriv, randomBytes } from 'node:crypto';
import { hold, require, type Claim } from '../claim.ts';
import { withoutSelfTest } from '../mutations.ts';
import { Person } from '../person.ts';
import { openRecords, readRecords } from '../records.ts';

const headerBytes = 52;

/** Authentication. */
export const c4: Claim = {
  id: 'C4',
  sentence: 'A record that was changed in any bit does not open, and nothing tells why.',
  caveat: 'The vectors of Wycheproof, and the salamander that opens under two keys, are refused by the tests of libs/sealed-record.',
  sinks: [],
  mutation: {
    what: 'a library that does not look at the tag',
    processes: ['key-service'],
    patches: [withoutSelfTest, { file: 'libs/sealed-record/src/aead.ts', from: '    decipher.final();', to: '    void decipher;' }],
  },
  further: [
    {
      what: 'a library that authenticates neither header nor place',
      processes: ['key-service'],
      patches: [
        withoutSelfTest,
        { file: 'libs/sealed-record/src/record.ts', from: 'sealAead(recordKey, nonce, aad, plaintext,', to: 'sealAead(recordKey, nonce, aad.subarray(0, 0), plaintext,' },
        { file: 'libs/sealed-record/src/record.ts', from: 'header.subarray(nonceAt, commitmentAt), aad, sealed)', to: 'header.subarray(nonceAt, commitmentAt), aad.subarray(0, 0), sealed)' },
      ],
    },
  ],
  check: async (world) => {
    const person = await Person.create(world.constellation);
    await person.converse({ title: 'A title' }, 'A message');
    const records = await readRecords(world.main, person.account.accountId);
    require((await openRecords(world, records)).every(Boolean), 'records do not open as they are');
    for (const record of records) {
      const flipped = Array.from({ length: record.sealed.length * 8 }, (_, bit) => {
        const sealed = Buffer.from(record.sealed);
        sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return { ...record, sealed };
      });
      const resized = [record.sealed.subarray(0, -1), record.sealed.subarray(1), Buffer.concat([record.sealed, Buffer.alloc(1)]), Buffer.alloc(0)].map((sealed) => ({ ...record, sealed }));
      // Not under the record's key, with the header of a real one: what somebody without the key can make.
      const cipher = createCipheriv('chacha20-poly1305', randomBytes(32), randomBytes(12), { authTagLength: 16 });
      const body = Buffer.concat([cipher.update(Buffer.alloc(256)), cipher.final(), cipher.getAuthTag()]);
      const forged = { ...record, sealed: Buffer.concat([record.sealed.subarray(0, headerBytes), body]) };
      for (const batch of batches([...flipped, ...resized, forged], 900)) {
        hold((await openRecords(world, batch)).every((opened) => opened === undefined), 'a record opened after it was changed');
      }
    }
  },
};

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
