import { TacetError } from '@tacet/errors';
import type { NoLogTotal } from '@tacet/rpc/types/usage/v1/NoLogTotal';
import type { NoLogVersion__Output } from '@tacet/rpc/types/usage/v1/NoLogVersion';
import type { NoLogTotals } from '../spool/no-log-totals.ts';
import type { TotalContent } from '../spool/slot.ts';
import type { Ledger } from './ledger-messages.ts';
import type { ProtocolTimes } from './protocol-times.ts';

/** Totals in one call. */
export const totalsPerCallMax = 4_096;
/** How many ended epochs are looked at; billing lists about as many as folded. */
const endedEpochsMax = 1_000;
const dayMs = 86_400_000;

export interface NoLogReporterOptions {
  readonly ledger: Pick<Ledger, 'AppendUsage'>;
  readonly edgeId: Buffer;
  readonly totals: NoLogTotals;
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Brings the totals of no-log requests to billing: those of the running epoch at most once a minute, so that
 * their times tell nothing; those of an ended epoch once, as final, and again when billing has forgotten it.
 */
export class NoLogReporter {
  readonly #options: NoLogReporterOptions;
  /** Versions that billing has, by epoch, price, account and key. */
  #versions = new Map<string, number>();
  #folded = new Set<number>();
  #epoch = 0;
  #times: ProtocolTimes | undefined;
  #reportedAt = -Infinity;
  #running: Promise<void> | undefined;

  constructor(options: NoLogReporterOptions) {
    this.#options = options;
  }

  /** A new epoch runs; all before it have ended. */
  beginEpoch(epoch: number, times: ProtocolTimes): void {
    this.#epoch = epoch;
    this.#times = times;
    this.#options.totals.removeExpired(this.#today, epoch);
  }

  /** Takes what billing has (of a newer question than the last one), and sends what it lacks. */
  noteKnown(versions: readonly NoLogVersion__Output[], folded: readonly number[]): void {
    this.#versions = new Map(versions.map((version) => [nameOf(version), Number(version.version)]));
    this.#folded = new Set(folded);
    for (const epoch of folded) if (epoch < this.#epoch) this.#options.totals.markFolded(epoch, this.#today);
    this.#run(this.#options.monotonicMs() - this.#reportedAt >= (this.#times?.noLogReportMs ?? Infinity));
  }

  /** Sends the running epoch's totals now: before an orderly end. */
  async reportNow(): Promise<void> {
    await this.#running;
    this.#run(true);
    await this.#running;
  }

  get #today(): number {
    return Math.floor(this.#options.wallMs() / dayMs);
  }

  #run(withRunningEpoch: boolean): void {
    if (this.#running) return;
    // Whatever failed is sent with a later heartbeat.
    this.#running = this.#report(withRunningEpoch).catch(this.#options.onFailed).finally(() => (this.#running = undefined));
  }

  async #report(withRunningEpoch: boolean): Promise<void> {
    for (const epoch of this.#endedEpochs()) await this.#sendFinal(epoch);
    if (!withRunningEpoch) return;
    this.#reportedAt = this.#options.monotonicMs();
    const changed = this.#options.totals.ofEpoch(this.#epoch).filter((total) => total.version > (this.#versions.get(nameOfTotal(total)) ?? 0));
    for (const part of partsOf(changed)) if (part.length > 0) await this.#append(this.#epoch, part, false);
  }

  /** Epochs that have ended and that billing has not folded: it keeps their holds until it has. */
  #endedEpochs(): number[] {
    const epochs: number[] = [];
    for (let epoch = Math.max(1, this.#epoch - endedEpochsMax); epoch < this.#epoch; epoch++) if (!this.#folded.has(epoch)) epochs.push(epoch);
    return epochs;
  }

  async #sendFinal(epoch: number): Promise<void> {
    const parts = partsOf(this.#options.totals.ofEpoch(epoch));
    try {
      for (const [i, part] of parts.entries()) await this.#append(epoch, part, i === parts.length - 1);
    } catch (error) {
      // Folded already: that is what was wanted.
      if (!(error instanceof TacetError && error.code === 'fenced')) throw error;
      this.#folded.add(epoch);
    }
  }

  async #append(epoch: number, totals: readonly TotalContent[], final: boolean): Promise<void> {
    const { ledger, edgeId, totals: kept } = this.#options;
    const answer = await ledger.AppendUsage({ edgeId, epoch, records: [], totals: totals.map(toMessage), final });
    for (const version of answer.nologVersions) this.#versions.set(nameOf(version), Number(version.version));
    for (const folded of answer.foldedEpochs) {
      this.#folded.add(folded);
      if (folded < this.#epoch) kept.markFolded(folded, this.#today);
    }
  }
}

/** One part at least, so that an epoch without totals is closed too. */
function partsOf(totals: readonly TotalContent[]): TotalContent[][] {
  const parts: TotalContent[][] = [totals.slice(0, totalsPerCallMax)];
  for (let at = totalsPerCallMax; at < totals.length; at += totalsPerCallMax) parts.push(totals.slice(at, at + totalsPerCallMax));
  return parts;
}

const noKey = Buffer.alloc(0);

function toMessage(total: TotalContent): NoLogTotal {
  return {
    accountId: total.accountId,
    keyId: total.leaseByKey ? total.keyId : noKey,
    priceVersion: total.priceVersion,
    version: total.version,
    inputTokens: total.input,
    cachedTokens: total.cached,
    outputTokens: total.output,
  };
}

function nameOf({ epoch, accountId, keyId, priceVersion }: NoLogVersion__Output): string {
  return `${epoch}:${priceVersion}:${accountId.toString('latin1')}${keyId.toString('latin1')}`;
}

function nameOfTotal({ epoch, accountId, keyId, leaseByKey, priceVersion }: TotalContent): string {
  return `${epoch}:${priceVersion}:${accountId.toString('latin1')}${leaseByKey ? keyId.toString('latin1') : ''}`;
}
