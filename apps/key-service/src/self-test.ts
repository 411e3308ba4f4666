import { createSecretKey, randomBytes } from 'node:crypto';
import { commitDek, createRecordKey, dekIsCommitted, openRecord, parseRecord, RecordRefusedError, sealRecord, unwrapLocally, wrapLocally, type NonceSource } from '@tacet/sealed-record';
import { openWithNoble, sealWithNoble } from '@tacet/sealed-record/noble';

/** The four functions of one implementation against the other; arguments, so that a test can hand in a broken one. */
export interface Implementations {
  readonly sealRecord: typeof sealRecord;
  readonly openRecord: typeof openRecord;
  readonly sealWithNoble: typeof sealWithNoble;
  readonly openWithNoble: typeof openWithNoble;
}

const plaintext = Buffer.from('power-on self-test of key-service');
const context = { accountId: Buffer.alloc(16, 1), conversationId: Buffer.alloc(16, 2), messageId: Buffer.alloc(16, 3), field: 1, schema: 1 };

/**
 * Seals and opens one record of each kind across both implementations, refuses a changed one, and wraps and unwraps
 * a key: before anything is served. Throws an `Error` when this build of Node does not do what it must.
 */
export function runSelfTest(drawNonce: NonceSource, implementations: Implementations = { sealRecord, openRecord, sealWithNoble, openWithNoble }): void {
  const dek = randomBytes(32);
  for (const ephemeral of [undefined, { epoch: 5_966_664, secret: randomBytes(32) }]) {
    const nonce = Buffer.from(drawNonce());
    const key = createRecordKey(createSecretKey(dek), 1, ephemeral && { epoch: ephemeral.epoch, secret: createSecretKey(ephemeral.secret) });
    const plainKey = { dek, dekVersion: 1, ephemeral };
    const record = implementations.sealRecord(key, context, plaintext, () => nonce, true);
    const twin = implementations.sealWithNoble(plainKey, context, plaintext, nonce, true);
    require(record.equals(twin), 'both implementations seal alike');
    require(implementations.openRecord(key, context, parseRecord(twin)).equals(plaintext), 'one opens what the other sealed');
    require(Buffer.from(implementations.openWithNoble(plainKey, context, record)).equals(plaintext), 'the other opens what the one sealed');
    for (const at of [3, 24, 60, record.length - 1]) {
      const changed = Buffer.from(record).fill((record[at] ?? 0) ^ 1, at, at + 1);
      require(isRefused(() => implementations.openRecord(key, context, parseRecord(changed))), 'a changed record is refused');
      require(isRefused(() => implementations.openWithNoble(plainKey, context, changed)), 'a changed record is refused by both');
    }
    const moved = { ...context, messageId: Buffer.alloc(16, 4) };
    require(isRefused(() => implementations.openRecord(key, moved, parseRecord(record))), 'a moved record is refused');
  }
  testWrapping(drawNonce);
}

function testWrapping(drawNonce: NonceSource): void {
  const [kek, dek] = [createSecretKey(randomBytes(32)), createSecretKey(randomBytes(32))];
  const binding = { provider: 1, kekId: 'self-test', dekVersion: 1, accountId: context.accountId, createdMs: 1, commitment: commitDek(dek) };
  const blob = wrapLocally(kek, dek, binding, drawNonce);
  const unwrapped = unwrapLocally(kek, binding, blob);
  require(unwrapped.equals(dek) && dekIsCommitted(unwrapped, binding), 'a wrapped key unwraps to itself');
  require(isRefused(() => unwrapLocally(kek, { ...binding, dekVersion: 2 }, blob)), 'a wrapped key is bound to what it is');
}

function isRefused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    return error instanceof RecordRefusedError;
  }
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the self-test failed: it does not hold that ${what}`);
}
