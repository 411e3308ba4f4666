import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import type { PlainRecord__Output } from '@tacet/rpc/types/keys/v1/PlainRecord';
import { createRecordKey, sealRecord, type NonceSource, type RecordKey } from '@tacet/sealed-record';
import type { AccountDeks, Dek } from '../deks/account-deks.ts';
import type { EpochSecrets } from '../epochs/epoch-secrets.ts';
import { sealingEpoch } from '../epochs/epoch.ts';
import { recordsPerTurn } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { yieldEvery } from '../yield-every.ts';
import { checkBatch } from './check-batch.ts';
import { readAccountId } from './read-account-id.ts';
import { readRecordContext, recordField } from './read-record-context.ts';

/** Messages and titles are padded, so that the database does not tell how long they are. */
const paddedFields: ReadonlySet<number> = new Set([recordField.message, recordField.title]);

type RecordKeys = ReadonlyMap<number | undefined, RecordKey>;

interface SealDependencies {
  readonly deks: AccountDeks;
  readonly epochs: EpochSecrets;
  readonly drawNonce: NonceSource;
  readonly metrics: Metrics;
  readonly now: () => number;
}

/** Seals a batch under the newest version of the account's DEK: all of its records or none. */
export function createSeal({ deks, epochs, drawNonce, metrics, now }: SealDependencies): Implementation<'SealService'>['Seal'] {
  return async ({ accountId, records }, { signal }) => {
    const account = readAccountId(accountId);
    checkBatch(records.map(({ plaintext }) => plaintext.length), 0);
    const contexts = records.map(({ context }) => readRecordContext(account, context));
    const epochOfRecord = records.map((record) => readEpoch(record, now()));
    const dek = await deks.newest(account);
    const keys = await createKeys(dek, new Set(epochOfRecord), epochs);
    const pause = yieldEvery(recordsPerTurn);
    const sealed: Buffer[] = [];
    for (const [i, { plaintext }] of records.entries()) {
      const context = contexts[i];
      const key = keys.get(epochOfRecord[i]);
      if (!context || !key) throw new Error('a record lost its context or key');
      sealed.push(sealRecord(key, context, plaintext, drawNonce, paddedFields.has(context.field)));
      await pause();
      if (signal.aborted) throw new TacetError('client_closed');
    }
    metrics.records('sealed', sealed.length);
    return { records: sealed };
  };
}

/** The epoch of an ephemeral record; undefined: a durable one. Throws `field_invalid`, `epoch_past`. */
function readEpoch({ expiresAtMs }: PlainRecord__Output, nowMs: number): number | undefined {
  const milliseconds = Number(expiresAtMs);
  if (milliseconds < 0) throw new TacetError('field_invalid', { param: 'records.expires_at_ms' });
  return milliseconds === 0 ? undefined : sealingEpoch(milliseconds, nowMs);
}

/** The key for each epoch, and under undefined that of durable records, as far as they are needed. */
async function createKeys(dek: Dek, needed: Iterable<number | undefined>, epochs: EpochSecrets): Promise<RecordKeys> {
  const keys = new Map<number | undefined, RecordKey>();
  for (const epoch of needed) {
    if (epoch === undefined) keys.set(epoch, createRecordKey(dek.key, dek.version));
    else keys.set(epoch, createRecordKey(dek.key, dek.version, { epoch, secret: await epochs.forSealing(epoch) }));
  }
  return keys;
}
