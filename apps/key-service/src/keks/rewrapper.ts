import type { Connection, Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError } from '@tacet/sealed-record';
import { accountBytes, countDeks, dekPartitions, readDeksAfter, updateDeks } from '../deks/dek-table.ts';
import type { DekPlace, PlacedDek, RewrappedDek } from '../deks/dek-table.ts';
import type { EpochSecrets } from '../epochs/epoch-secrets.ts';
import { recordsPerTurn, rewrapBatchSize } from '../limits.ts';
import type { KekVersion } from '../providers/key-provider.ts';
import { rewrapUnder } from '../providers/wrapped-secret.ts';
import { yieldEvery } from '../yield-every.ts';
import { listAccountsWithKek } from './account-kek-table.ts';
import type { KekRing } from './kek-ring.ts';
import { listKeks, markRewrapped } from './kek-table.ts';
import { beginRewrapJob, lockRewrapJob, saveRewrapJob, type RewrapJob } from './rewrap-job-table.ts';

/** DEKs that are wrapped anew and not yet written back: those between two places. */
interface Batch {
  readonly target: number;
  readonly from: DekPlace;
  readonly next: DekPlace;
  /** Of these DEKs; `dekPartitions`: there were none left. */
  readonly partition: number;
  readonly count: number;
  readonly skipped: number;
  readonly rewrapped: readonly RewrappedDek[];
}

export interface RewrapperOptions {
  readonly pool: Pool;
  readonly ring: KekRing;
  readonly epochs: EpochSecrets;
  readonly now: () => number;
}

/**
 * Wraps every DEK and epoch secret under the version that wraps now, while everything else goes on; while one batch is
 * written back, the next is being wrapped. How far it has come is committed with each batch, so whoever calls next goes
 * on from there. Of several callers at once one writes each batch.
 */
export class Rewrapper {
  readonly #options: RewrapperOptions;

  constructor(options: RewrapperOptions) {
    this.#options = options;
  }

  /** Joins the unfinished job, or begins one, and yields it after each batch until it is finished. */
  async *run(): AsyncGenerator<RewrapJob> {
    const { ring } = this.#options;
    let job = await ring.withActive((kek, connection) => this.#joinOrBegin(connection, kek));
    yield job;
    let ahead = this.#wrapAhead(job.cursor, job.target);
    while (!job.isFinished) {
      const batch = await ahead;
      const afterIt = this.#wrapAhead(batch.next, batch.target);
      job = await ring.withActive((kek, connection) => this.#write(connection, kek, batch));
      ahead = follows(batch, job) ? afterIt : this.#wrapAhead(job.cursor, job.target);
      yield job;
    }
  }

  async #joinOrBegin(connection: Connection, kek: KekVersion): Promise<RewrapJob> {
    const job = await lockRewrapJob(connection, this.#options.ring.provider.name, kek.kekId);
    return job && !job.isFinished && job.target === kek.version ? job : this.#begin(connection, kek);
  }

  async #begin(connection: Connection, kek: KekVersion): Promise<RewrapJob> {
    const total = await countDeks(connection);
    await beginRewrapJob(connection, this.#options.ring.provider.name, kek, total, this.#options.now());
    return { target: kek.version, cursor: { partition: 0, last: undefined }, done: 0, skipped: 0, total, isFinished: false };
  }

  /** Writes a batch back if it is the one that the job has come to; else the job tells where to go on. */
  async #write(connection: Connection, kek: KekVersion, batch: Batch): Promise<RewrapJob> {
    const { ring, now } = this.#options;
    const locked = await lockRewrapJob(connection, ring.provider.name, kek.kekId);
    // The key was rotated meanwhile: what is done so far is under a version that is no longer the newest.
    const job = locked?.target === kek.version ? locked : await this.#begin(connection, kek);
    if (job.isFinished || batch.target !== job.target || !isSamePlace(batch.from, job.cursor)) return job;
    const isLast = batch.partition === dekPartitions;
    const written = isLast ? await this.#finish(connection, kek, job) : await writeBatch(connection, ring.provider.name, kek, job, batch);
    await saveRewrapJob(connection, ring.provider.name, kek.kekId, written, now());
    return written;
  }

  async #finish(connection: Connection, kek: KekVersion, job: RewrapJob): Promise<RewrapJob> {
    const { epochs, now } = this.#options;
    const skipped = job.skipped + (await epochs.rewrapAll(kek));
    await markRewrapped(connection, now());
    return { ...job, skipped, total: job.done, isFinished: true };
  }

  #wrapAhead(from: DekPlace, target: number): Promise<Batch> {
    const batch = this.#wrapFrom(from, target);
    // It may fail, or be for nothing, before anybody waits for it.
    batch.catch(() => undefined);
    return batch;
  }

  /** Reads the next DEKs, over empty partitions, and wraps them. No lock: only the wrapping of a DEK ever changes. */
  async #wrapFrom(from: DekPlace, target: number): Promise<Batch> {
    for (let place = from; place.partition < dekPartitions; place = nextPartition(place)) {
      const deks = await readDeksAfter(this.#options.pool, place, rewrapBatchSize);
      const last = deks.at(-1);
      if (!last) continue;
      const next = deks.length < rewrapBatchSize ? nextPartition(place) : { ...place, last: { account: last.account, version: last.version } };
      const wrapped = await this.#wrapAll(deks, { kekId: this.#options.ring.kekId, version: target });
      return { target, from, next, partition: place.partition, count: deks.length, ...wrapped };
    }
    const end = { partition: dekPartitions, last: undefined };
    return { target, from, next: end, partition: dekPartitions, count: 0, skipped: 0, rewrapped: [] };
  }

  async #wrapAll(deks: readonly PlacedDek[], to: KekVersion): Promise<Pick<Batch, 'skipped' | 'rewrapped'>> {
    const rewrapped: RewrappedDek[] = [];
    const failed: KekVersion[] = [];
    const pause = yieldEvery(recordsPerTurn);
    // Under another key are those of accounts with a key of their own, which stay, and what another default left behind.
    const strangers = deks.filter(({ kek }) => kek.kekId !== to.kekId).map(({ account }) => account);
    const own = strangers.length === 0 ? new Set<string>() : await listAccountsWithKek(this.#options.pool, strangers);
    for (const dek of deks) {
      const isUnderTarget = dek.kek.kekId === to.kekId && dek.kek.version === to.version;
      if (isUnderTarget || own.has(dek.account)) continue;
      const result = await this.#wrap(dek, to);
      if (result) rewrapped.push(result);
      else failed.push(dek.kek);
      await pause();
    }
    return { skipped: await this.#countSkipped(failed), rewrapped };
  }

  /** What an operator has given up is not waited for. */
  async #countSkipped(failed: readonly KekVersion[]): Promise<number> {
    if (failed.length === 0) return 0;
    const givenUp = (await listKeks(this.#options.pool)).filter(({ state }) => state === 'destroyed');
    return failed.filter(({ kekId, version }) => !givenUp.some((kek) => kek.kekId === kekId && kek.version === version)).length;
  }

  /** Undefined: its key is disabled, or it does not unwrap; it must not keep the others from being rewrapped. */
  async #wrap({ account, version, wrapped, kek: before }: PlacedDek, to: KekVersion): Promise<RewrappedDek | undefined> {
    const { provider, providers } = this.#options.ring;
    try {
      return { account, version, before, wrapped: await rewrapUnder(providers, wrapped, { accountId: accountBytes(account), version }, to) };
    } catch (error) {
      if (error instanceof RecordRefusedError) return undefined;
      if (!(error instanceof TacetError)) throw error;
      // The version to wrap under is the one thing without which nothing can go on.
      await provider.health(to);
      return undefined;
    }
  }
}

async function writeBatch(connection: Connection, provider: string, kek: KekVersion, job: RewrapJob, batch: Batch): Promise<RewrapJob> {
  await updateDeks(connection, batch.partition, batch.rewrapped, provider, kek);
  const done = job.done + batch.count;
  return { ...job, cursor: batch.next, done, skipped: job.skipped + batch.skipped, total: Math.max(job.total, done) };
}

/** Whether a job stands where a batch that was written leaves it. */
function follows(batch: Batch, job: RewrapJob): boolean {
  return batch.target === job.target && isSamePlace(batch.next, job.cursor);
}

function isSamePlace(a: DekPlace, b: DekPlace): boolean {
  return a.partition === b.partition && a.last?.account === b.last?.account && a.last?.version === b.last?.version;
}

function nextPartition({ partition }: DekPlace): DekPlace {
  return { partition: partition + 1, last: undefined };
}
