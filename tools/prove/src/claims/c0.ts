import { createSecretKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRecordKey, openRecord, parseRecord, parseWrappedDek, unwrapLocally } from '@tacet/sealed-record';
import { CanarySet } from '@tacet/testing';
import { parse } from 'uuid';
import { hold, type Claim } from '../claim.ts';
import { withoutSelfTest } from '../mutations.ts';
import { Person } from '../person.ts';
import { readRecords } from '../records.ts';
import type { World } from '../world.ts';

/** An operator is not kept out: said first, and shown by doing it. */
export const c0: Claim = {
  id: 'C0',
  sentence: 'Chats are encrypted at rest, not end to end: an operator who has the database, the keystore and the master key can read them.',
  sinks: [],
  mutation: {
    what: 'a key-service that mixes a secret into its keys which no operator has',
    processes: ['key-service'],
    patches: [
      withoutSelfTest,
      { file: 'libs/sealed-record/src/record.ts', from: "import { createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto';", to: "import { createSecretKey, hash, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';\nconst hidden = createSecretKey(randomBytes(32));" },
      { file: 'libs/sealed-record/src/record.ts', from: 'prk: ephemeral ? hkdfExtract(ephemeral.secret, dek) : dek,', to: 'prk: hkdfExtract(ephemeral ? ephemeral.secret : hidden, dek),' },
    ],
  },
  check: async (world) => {
    const canary = new CanarySet().mint('message');
    const person = await Person.create(world.constellation);
    await person.converse({}, canary);
    const [record] = await readRecords(world.main, person.account.accountId);
    hold(record !== undefined, 'no record was stored');
    const text = await openAsOperator(world, record.accountId, record.conversationId, record.messageId ?? '', record.sealed).catch(() => undefined);
    hold(text?.includes(canary) === true, 'an operator with the database, the keystore and the master key could not read the message');
  },
};

/** With the row, the wrapped DEK and the master key's file alone; no process of ours is asked. */
async function openAsOperator(world: World, accountId: string, conversationId: string, messageId: string, sealed: Buffer): Promise<string> {
  const parsed = parseRecord(sealed);
  const { rows } = await world.keystore.query<{ wrapped: Buffer }>('SELECT wrapped FROM keystore.dek WHERE account_id = $1 AND dek_version = $2', [accountId, parsed.dekVersion]);
  const wrapped = parseWrappedDek(rows[0]?.wrapped ?? Buffer.alloc(0));
  const kek = createSecretKey(await readFile(join(world.constellation.paths.masterKeys, `${wrapped.kekId}.${wrapped.kekVersion}.key`)));
  const dek = unwrapLocally(kek, wrapped, wrapped.blob);
  const context = { accountId: parse(accountId), conversationId: parse(conversationId), messageId: parse(messageId), field: 1, schema: 1 };
  return openRecord(createRecordKey(dek, parsed.dekVersion), context, parsed).toString();
}
