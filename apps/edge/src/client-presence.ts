import type { ClientResponse } from './http/client-response.ts';

/** Whether the client of a request is still there. The signal is made only where somebody has to wait. */
export class ClientPresence {
  readonly #response: ClientResponse;
  #controller: AbortController | undefined;

  constructor(response: ClientResponse) {
    this.#response = response;
  }

  get isGone(): boolean {
    return this.#response.destroyed || this.#response.closed;
  }

  /** Aborted when the client leaves. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.isGone) controller.abort();
      else this.#response.once('close', () => controller.abort());
    }
    return this.#controller.signal;
  }
}
