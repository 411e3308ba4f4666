import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { EdgeConfig } from './config.ts';
import type { Events } from './events.ts';
import { monotonicMs, wallMs } from './moments.ts';
import { EdgeIdentity } from './spool/edge-identity.ts';
import { segmentBytes } from './spool/outbox.ts';
import { Spool } from './spool/spool.ts';
import { spoolFolder } from './spool/spool-files.ts';
import { lockSpool } from './spool/spool-lock.ts';

/** No-log totals at once: accounts (or keys with a spend limit) times prices, per epoch. */
export const noLogTotalsMax = 16_384;

/** The spool of this process, and who it is by it. */
export interface OpenSpool {
  readonly spool: Spool;
  readonly identity: EdgeIdentity;
  readonly close: () => Promise<void>;
}

/**
 * Takes the spool folder for this process, begins a new epoch and ends what a crash left open. Rejects with an
 * `Error` when another process has the folder or it cannot be read. `onFailure`: the disk failed later on.
 */
export async function openSpool(config: EdgeConfig, events: Events, onFailure: (error: unknown) => void): Promise<OpenSpool> {
  mkdirSync(config.spoolFolder, { recursive: true, mode: 0o700 });
  const lock = await lockSpool(config.spoolFolder);
  const files = spoolFolder(config.spoolFolder);
  const identity = EdgeIdentity.open(files, () => randomBytes(16));
  identity.raiseEpoch();
  const { edgeId } = identity;
  const slots = { requests: config.requestsMax, totals: noLogTotalsMax };
  const spool = Spool.open(files, { edgeId, segmentBytes, bytesMax: config.spoolBytesMax, slots, monotonicMs, wallMs, onTrouble: events.spoolTrouble, onFailure });
  events.spoolOpened(edgeId.toString('hex'), identity.epoch, spool.recovery);
  return {
    spool,
    identity,
    close: async () => {
      spool.close();
      identity.close();
      await lock.release();
    },
  };
}
