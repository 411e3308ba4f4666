import type { Connection } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { RecordRefusedError } from '@tacet/sealed-record';
import { accountBytes, countDeks, readDeksAfter, updateDeks, type PlacedDek } from '../deks/dek-table.ts';
import type { EpochSecrets } from '../epochs/epoch-secrets.ts';
import { yieldEvery } from '../yield-every.ts';
import { recordsPerTurn, rewrapBatchSize } from '../limits.ts';
import type { KekVersion } from '../providers/key-provider.ts';
import { rewrapSecret } from '../providers/wrapped-secret.ts';
import type { KekRing } from './kek-ring.ts';
import { markRewrapped } from './kek-table.ts';
import { beginRewrapJob, lockRewrapJob, saveRewrapJob, type RewrapJob } from './rewrap-job-table.ts';

interface RewrappedDek {
  readonly account: string;
  readonly version: number;
  readonly wrapped: Buffer;
}

/**
 * Wraps every DEK and epoch secret under the version that wraps now, a batch a transaction, while everything else
 * goes on. How far it has come is committed with each batch: whoever calls next goes on from there, and several at
 * once share the work.
 */
export class Rewrapper {
  readonly #ring: KekRing;
  readonly #epochs: EpochSecrets;
  readonly #now: () => number;

  constructor(ring: KekRing, epochs: EpochSecrets, now: () => number) {
    this.#ring = ring;
    this.#epochs = epochs;
    this.#now = now;
  }

  /** Joins the unfinished job, or begins one, and yields it after each batch until it is finished. */
  async *run(): AsyncGenerator<RewrapJob> {
    let job = await this.#ring.withActive((kek, connection) => this.#joinOrBegin(connection, kek));
    yield job;
    while (!job.isFinished) {
      job = await this.#ring.withActive((kek, connection) => this.#step(connection, kek));
      yield job;
    }
  }

  async #joinOrBegin(connection: Connection, kek: KekVersion): Promise<RewrapJob> {
    const job = await lockRewrapJob(connection, this.#ring.provider.name, kek.kekId);
    return job && !job.isFinished && job.target === kek.version ? job : this.#begin(connection, kek);
  }

  async #begin(connection: Connection, kek: KekVersion): Promise<RewrapJob> {
    const total = await countDeks(connection);
    await beginRewrapJob(connection, this.#ring.provider.name, kek, total, this.#now());
    return { target: kek.version, cursor: undefined, done: 0, skipped: 0, total, isFinished: false };
  }

  async #step(connection: Connection, kek: KekVersion): Promise<RewrapJob> {
    const provider = this.#ring.provider.name;
    const locked = await lockRewrapJob(connection, provider, kek.kekId);
    // The key was rotated meanwhile: what is done so far is under a version that is no longer the newest.
    const job = locked?.target === kek.version ? locked : await this.#begin(connection, kek);
    if (job.isFinished) return job;
    const deks = await readDeksAfter(connection, job.cursor, rewrapBatchSize);
    const last = deks.at(-1);
    const next = last ? await this.#rewrapBatch(connection, kek, job, deks) : await this.#finish(connection, kek, job);
    await saveRewrapJob(connection, provider, kek.kekId, next, this.#now());
    return next;
  }

  async #rewrapBatch(connection: Connection, kek: KekVersion, job: RewrapJob, deks: readonly PlacedDek[]): Promise<RewrapJob> {
    const rewrapped: RewrappedDek[] = [];
    let { skipped } = job;
    const pause = yieldEvery(recordsPerTurn);
    for (const dek of deks) {
      const isDue = dek.provider === this.#ring.provider.name && dek.kek.kekId === kek.kekId && dek.kek.version !== kek.version;
      if (!isDue) continue;
      const result = await this.#rewrap(dek, kek);
      if (result) rewrapped.push(result);
      else skipped++;
      await pause();
    }
    await updateDeks(connection, rewrapped, kek.version);
    const done = job.done + deks.length;
    return { ...job, cursor: deks.at(-1), done, skipped, total: Math.max(job.total, done) };
  }

  async #finish(connection: Connection, kek: KekVersion, job: RewrapJob): Promise<RewrapJob> {
    const skipped = job.skipped + (await this.#epochs.rewrapAll(kek));
    await markRewrapped(connection, this.#ring.provider.name, this.#now());
    return { ...job, skipped, total: job.done, isFinished: true };
  }

  /** Undefined: its key is disabled, or it does not unwrap; it must not keep the others from being rewrapped. */
  async #rewrap({ account, version, wrapped }: PlacedDek, to: KekVersion): Promise<RewrappedDek | undefined> {
    try {
      return { account, version, wrapped: await rewrapSecret(this.#ring.provider, wrapped, { accountId: accountBytes(account), version }, to.version) };
    } catch (error) {
      if (error instanceof RecordRefusedError) return undefined;
      if (!(error instanceof TacetError)) throw error;
      // The version to wrap under is the one thing without which nothing can go on.
      await this.#ring.provider.health(to);
      return undefined;
    }
  }
}
