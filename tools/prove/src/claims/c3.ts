import { hold, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { parse } from 'uuid';

const callRecords = 1_000;
/** 100,000 records, or a million. */
const calls = { short: 100, long: 1_000 };

/** Nonces. */
export const c3: Claim = {
  id: 'C3',
  sentence: 'Every record has a fresh random nonce of 12 bytes.',
  caveat: 'Here 100,000 records of the running key-service are compared, with --long a million; the calls of the generator are counted by the tests of libs/sealed-record.',
  sinks: [],
  mutation: {
    what: 'a library that uses a nonce again',
    processes: ['key-service'],
    patches: [{ file: 'libs/sealed-record/src/nonce-source.ts', from: 'return block.subarray(at, (at += 12));', to: 'return block.subarray(0, 12);' }],
  },
  check: async (world) => {
    const { account } = await Person.create(world.constellation);
    const context = { conversationId: Buffer.from(parse(account.accountId)), messageId: Buffer.alloc(16), field: 4, schema: 1 };
    const records = Array.from({ length: callRecords }, () => ({ context, plaintext: Buffer.from('x'), expiresAtMs: 0 }));
    const nonces = new Set<string>();
    for (let call = 1; call <= (world.isLong ? calls.long : calls.short); call++) {
      const { records: sealed } = await world.seals.Seal({ accountId: account.accountIdBytes, records });
      for (const record of sealed) nonces.add(record.toString('latin1', 8, 20));
      hold(nonces.size === call * callRecords, 'two records have the same nonce');
    }
    const bytes = new Set([...nonces].slice(0, 1_000).flatMap((nonce) => [...Buffer.from(nonce, 'latin1')]));
    hold(bytes.size === 256, 'nonces do not look random');
  },
};
