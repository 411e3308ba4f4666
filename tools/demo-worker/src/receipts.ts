import { receiptsMax } from './limits.ts';

/** What the worker sent for one request. Counts are of tokens whose bytes were handed to the socket. */
export interface Receipt {
  /** 1 for the first request since the start; a reset does not set it back. */
  readonly ordinal: number;
  readonly tag: string | undefined;
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  readonly choices: number;
  readonly status: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** Events that carried text. */
  readonly textChunks: number;
  /** Whether a true or false usage of the whole answer was sent. */
  readonly usageTold: boolean;
  /** Everything was handed to the socket, `[DONE]` or the whole body. */
  readonly finished: boolean;
  /** The client left before that. Neither finished nor aborted: it still runs, or a fault ended it. */
  readonly aborted: boolean;
  readonly running: boolean;
}

/** A receipt while its request runs. */
export type OpenReceipt = { -readonly [K in keyof Receipt]: Receipt[K] };

/** Sums over all requests since the last reset. */
export interface Totals {
  readonly requests: number;
  readonly finished: number;
  readonly aborted: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** The last receipts, and the sums over all of them. */
export class Receipts {
  #kept: OpenReceipt[] = [];
  #ordinal = 0;
  #dropped = emptyTotals();

  open(first: Omit<Receipt, 'ordinal' | 'status' | 'outputTokens' | 'textChunks' | 'usageTold' | 'finished' | 'aborted' | 'running'>): OpenReceipt {
    const receipt: OpenReceipt = {
      ordinal: ++this.#ordinal,
      tag: first.tag,
      path: first.path,
      model: first.model,
      stream: first.stream,
      choices: first.choices,
      status: 200,
      promptTokens: first.promptTokens,
      cachedTokens: first.cachedTokens,
      outputTokens: 0,
      textChunks: 0,
      usageTold: false,
      finished: false,
      aborted: false,
      running: true,
    };
    this.#kept.push(receipt);
    if (this.#kept.length >= 2 * receiptsMax) this.#drop();
    return receipt;
  }

  /** Copies of the kept receipts, oldest first; of one tag where that is given. */
  list(tag?: string): Receipt[] {
    const kept = this.#kept.slice(-receiptsMax);
    return (tag === undefined ? kept : kept.filter((receipt) => receipt.tag === tag)).map((receipt) => ({ ...receipt }));
  }

  totals(): Totals {
    return this.#kept.reduce(add, this.#dropped);
  }

  /** Forgets everything; requests that run go on, uncounted. */
  reset(): void {
    this.#kept = [];
    this.#dropped = emptyTotals();
  }

  /** Drops the older half at once, which is cheaper than one at a time. Requests that still run are kept. */
  #drop(): void {
    const old = this.#kept.slice(0, -receiptsMax);
    this.#kept = [...old.filter((receipt) => receipt.running), ...this.#kept.slice(-receiptsMax)];
    this.#dropped = old.filter((receipt) => !receipt.running).reduce(add, this.#dropped);
  }
}

function emptyTotals(): Totals {
  return { requests: 0, finished: 0, aborted: 0, promptTokens: 0, outputTokens: 0 };
}

function add(totals: Totals, receipt: Receipt): Totals {
  return {
    requests: totals.requests + 1,
    finished: totals.finished + Number(receipt.finished),
    aborted: totals.aborted + Number(receipt.aborted),
    promptTokens: totals.promptTokens + receipt.promptTokens,
    outputTokens: totals.outputTokens + receipt.outputTokens,
  };
}
