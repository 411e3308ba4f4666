import type { ServerResponse } from 'node:http';
import type { ModelCounters } from './counters.ts';
import type { OpenReceipt } from './receipts.ts';
import type { WorkerState } from './worker-state.ts';

/**
 * From the moment a request is accepted until it is over: finished, left by its client, or ended by a fault. Whichever
 * comes first decides, once, and gives the slot back.
 */
export class Lifecycle {
  readonly receipt: OpenReceipt;
  readonly #slots: WorkerState['slots'];
  readonly #counters: ModelCounters;
  #cleanup: (() => void) | undefined;
  #release: (() => void) | undefined;
  #prefilled = false;

  constructor(state: WorkerState, response: ServerResponse, receipt: OpenReceipt) {
    this.receipt = receipt;
    this.#slots = state.slots;
    this.#counters = state.counters.of(receipt.model);
    response.once('close', () => {
      if (!receipt.running) return;
      receipt.aborted = true;
      this.#settle();
    });
  }

  get over(): boolean {
    return !this.receipt.running;
  }

  /** Calls `start` as soon as a slot is free. `cleanup` is called if the client leaves, whenever that is. */
  run(start: () => void, cleanup: () => void): void {
    this.#cleanup = cleanup;
    let counted = false;
    const release = this.#slots.take(() => {
      counted = true;
      this.#counters.running++;
      // The slot may be free now or in a later turn; `release` exists only after `take` returned.
      queueMicrotask(() => this.over || start());
    });
    this.#release = () => {
      release();
      if (counted) this.#counters.running--;
    };
  }

  /** Counts the prompt, at the first token of the answer, and tokens that the engine made. */
  generated(tokens: number): void {
    if (!this.#prefilled) this.#counters.promptTokens += this.receipt.promptTokens;
    this.#prefilled = true;
    this.#counters.generationTokens += tokens;
  }

  /** All bytes were handed to the socket. */
  finish(): void {
    if (this.over) return;
    this.receipt.finished = true;
    this.#settle();
  }

  /** A fault ends the request. */
  giveUp(): void {
    if (!this.over) this.#settle();
  }

  #settle(): void {
    this.receipt.running = false;
    this.#release?.();
    this.#cleanup?.();
  }
}
