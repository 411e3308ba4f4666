import { z } from 'zod';
import { faultsMax } from './limits.ts';

/** What goes wrong with a request to the API. The names are those of `POST /fake/faults`. */
export const apiFaultShape = z.strictObject({
  /** Only requests with this method, and with a path that begins so. */
  method: z.enum(['GET', 'POST', 'DELETE']).optional(),
  path: z.string().max(200).optional(),
  /** So many requests; default 1. */
  count: z.int().min(1).max(1_000_000).optional(),
  /** Answers with this status and an `api_error` (429: `rate_limit`). */
  status: z.int().min(400).max(599).optional(),
  /** The connection is closed without an answer. */
  cut: z.boolean().optional(),
  /** The connection stays open without an answer. */
  hang: z.boolean().optional(),
  /** Whether the request is executed all the same, and its answer saved under its key, before it goes wrong. Default false. */
  executed: z.boolean().optional(),
  /** Waits so long before it is executed, in milliseconds; its key is in use meanwhile. */
  delayMs: z.int().min(0).max(3_600_000).optional(),
  /** Waits so long after it was executed, in milliseconds: events overtake the answer. */
  answerDelayMs: z.int().min(0).max(3_600_000).optional(),
});

/** See `apiFaultShape`. */
export type ApiFault = z.infer<typeof apiFaultShape>;

/** Faults for the next requests that match; first in, first out. */
export class ApiFaults {
  #waiting: { readonly fault: ApiFault; left: number }[] = [];

  /** The next `fault.count` requests that match and no earlier fault has taken. */
  add(fault: ApiFault): void {
    if (this.#waiting.length >= faultsMax) throw new Error(`At most ${faultsMax} faults may wait`);
    this.#waiting.push({ fault, left: fault.count ?? 1 });
  }

  /** The fault of this request. */
  take(method: string, path: string): ApiFault | undefined {
    const at = this.#waiting.findIndex(({ fault }) => (fault.method ?? method) === method && path.startsWith(fault.path ?? ''));
    const entry = this.#waiting[at];
    if (entry === undefined) return undefined;
    if (--entry.left === 0) this.#waiting.splice(at, 1);
    return entry.fault;
  }

  /** Requests that still will go wrong. */
  get pending(): number {
    return this.#waiting.reduce((sum, { left }) => sum + left, 0);
  }

  clear(): void {
    this.#waiting = [];
  }
}
