import type { TokenUsage } from './token-usage.ts';

/**
 * The events of one streamed answer, read as a worker sends them: what the client gets of each, and what was
 * used until now. There is one for each API; where an event is a chunk of JSON without a name, what is returned
 * is that JSON, otherwise it is whole lines (`event: …`, `data: …`) without the empty one.
 */
export interface AnswerStream {
  /** What was received so far, cumulative. */
  readonly usage: TokenUsage;
  /** Output received so far: `usage.output` without making an object. */
  readonly output: number;
  /** Events with something generated: what was received whatever the worker says. */
  readonly countedOutput: number;
  /** Whether the counts are the worker's own. */
  readonly isExact: boolean;
  /** Whether the worker gave a total for the whole request. */
  readonly hasTotal: boolean;
  /** Whether the answer is complete, though the last word may be missing. */
  readonly isFinished: boolean;
  /** Whether the last word was read. */
  readonly isDone: boolean;
  /** Whether anything was generated yet. */
  readonly hasBegun: boolean;
  /** What is sent while nothing comes, as lines. */
  readonly keepAlive: string;
  /**
   * Takes the data of one event and its name ('' where it has none). Returns what the client gets, or undefined
   * for nothing. Throws `StreamError`. May write into `data` and return a view of it.
   */
  read(data: Buffer, name: string): Buffer | undefined;
  /** Events that come before the last word and tell the bill. `cost`: JSON number in USD. */
  closing(billed: TokenUsage, cost: string): Buffer[];
  /** The last word, as lines with their empty one. */
  last(billed: TokenUsage, cost: string): string;
  /** Events that end the answer in good form where it is cut: its money has ended. */
  cutEvents(): Buffer[];
  /** An error as the last event, where this API has one of its own; undefined: the dialect's error event. */
  failure(code: string, message: string): string | undefined;
}

/** Whole lines of a named event, without the empty one. */
export function namedEvent(name: string, data: Buffer | string): Buffer {
  const head = `event: ${name}\ndata: `;
  if (typeof data === 'string') return Buffer.from(head + data);
  const event = Buffer.allocUnsafe(head.length + data.length);
  event.write(head, 'latin1');
  data.copy(event, head.length);
  return event;
}

/** Adds a cost to a usage object, in place of one that the worker wrote. `cost`: JSON number. */
export function withCost(usage: object, cost: string): string {
  const { cost: _, ...rest } = usage as Record<string, unknown>;
  const text = JSON.stringify(rest);
  return text === '{}' ? `{"cost":${cost}}` : `${text.slice(0, -1)},"cost":${cost}}`;
}
