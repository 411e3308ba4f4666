import type { KeyObject } from 'node:crypto';
import { TacetError } from '@tacet/errors';
import type { Implementation } from '@tacet/rpc';
import type { OpenedRecord } from '@tacet/rpc/types/keys/v1/OpenedRecord';
import { createRecordKey, openRecord, parseRecord, RecordRefusedError } from '@tacet/sealed-record';
import type { ParsedRecord, RecordContext, RecordKey } from '@tacet/sealed-record';
import type { AccountDeks } from '../deks/account-deks.ts';
import type { EpochSecrets } from '../epochs/epoch-secrets.ts';
import { recordOverheadBytesMax, recordsPerTurn } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { yieldEvery } from '../yield-every.ts';
import { checkBatch } from './check-batch.ts';
import { readAccountId } from './read-account-id.ts';
import { readRecordContext } from './read-record-context.ts';

interface KeySources {
  readonly deks: AccountDeks;
  readonly epochs: EpochSecrets;
}

interface OpenDependencies extends KeySources {
  readonly metrics: Metrics;
}

const refused: OpenedRecord = { refused: true };

/** Opens a batch, each record with exactly the DEK version and epoch that it names. What does not open is `refused`. */
export function createOpen({ deks, epochs, metrics }: OpenDependencies): Implementation<'SealService'>['Open'] {
  return async ({ accountId, records }, { signal }) => {
    const account = readAccountId(accountId);
    checkBatch(records.map(({ record }) => record.length), recordOverheadBytesMax);
    const contexts = records.map(({ context }) => readRecordContext(account, context));
    const parsed = records.map(({ record }) => orRefused(() => parseRecord(record)));
    const keys = await createKeys(account, parsed.filter((record) => record !== undefined), { deks, epochs });
    const pause = yieldEvery(recordsPerTurn);
    const opened: OpenedRecord[] = [];
    for (const [i, context] of contexts.entries()) {
      opened.push(open(context, parsed[i], keys));
      await pause();
      if (signal.aborted) throw new TacetError('client_closed');
    }
    const refusals = opened.filter((record) => record === refused).length;
    metrics.records('opened', opened.length - refusals);
    metrics.records('refused', refusals);
    return { records: opened };
  };
}

function open(context: RecordContext, record: ParsedRecord | undefined, keys: ReadonlyMap<string, RecordKey>): OpenedRecord {
  const key = record && keys.get(keyName(record));
  if (!key) return refused;
  const plaintext = orRefused(() => openRecord(key, context, record));
  return plaintext ? { plaintext } : refused;
}

function orRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RecordRefusedError) return undefined;
    throw error;
  }
}

function keyName({ dekVersion, epoch }: Pick<ParsedRecord, 'dekVersion' | 'epoch'>): string {
  return `${dekVersion}.${epoch ?? 'durable'}`;
}

/** The keys that the records name, as far as they exist. Throws `dek_unknown` where the account has no DEK at all. */
async function createKeys(account: Buffer, records: readonly ParsedRecord[], { deks, epochs }: KeySources): Promise<ReadonlyMap<string, RecordKey>> {
  const dekOf = await deks.versions(account, new Set(records.map(({ dekVersion }) => dekVersion)));
  const secretOf = new Map<number, KeyObject | undefined>();
  const keys = new Map<string, RecordKey>();
  for (const { dekVersion, epoch } of records) {
    const name = keyName({ dekVersion, epoch });
    const dek = dekOf.get(dekVersion);
    if (!dek || keys.has(name)) continue;
    if (epoch !== undefined && !secretOf.has(epoch)) secretOf.set(epoch, await epochs.forOpening(epoch));
    const secret = epoch === undefined ? undefined : secretOf.get(epoch);
    if (epoch === undefined) keys.set(name, createRecordKey(dek, dekVersion));
    else if (secret) keys.set(name, createRecordKey(dek, dekVersion, { epoch, secret }));
  }
  return keys;
}
