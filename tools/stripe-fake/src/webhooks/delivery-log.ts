import { recordedDeliveriesMax } from '../limits.ts';

/** One attempt to tell the endpoint of an event. */
export interface Delivery {
  readonly event: string;
  readonly type: string;
  /** 1 for the first; more where the settings repeat events. */
  readonly copy: number;
  /** 1 for the first; more where the one before failed. */
  readonly attempt: number;
  readonly resent: boolean;
  /** Status of the answer; null where there was none. */
  readonly status: number | null;
  readonly outcome: 'delivered' | 'refused' | 'unreachable' | 'dropped' | 'answer-lost';
}

/** The last attempts, in the order in which they ended. */
export class DeliveryLog {
  #kept: Delivery[] = [];

  add(delivery: Delivery): void {
    this.#kept.push(delivery);
    if (this.#kept.length > recordedDeliveriesMax) this.#kept.shift();
  }

  list(): Delivery[] {
    return [...this.#kept];
  }

  reset(): void {
    this.#kept = [];
  }
}
