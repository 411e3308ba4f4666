import { idempotencyKeptSeconds, idempotencyKeyCharactersMax, idempotentAnswersMax } from '../limits.ts';
import { invalidRequest, StripeError } from './stripe-error.ts';

/** An answer as it went out. */
export interface SavedAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  /** What the answer says about asking again, where it says something. */
  readonly shouldRetry?: boolean | undefined;
}

interface Entry {
  readonly path: string;
  readonly parameters: string;
  readonly since: number;
  answer: SavedAnswer | undefined;
}

/** A key that is this request's own until it is kept or given up. */
export interface IdempotencyClaim {
  /** Later requests with the key get this answer. */
  keep(answer: SavedAnswer): void;
  /** The request never came to be executed: the key is free. */
  giveUp(): void;
}

/** Answers by `Idempotency-Key`. Source: docs.stripe.com/api/idempotent_requests. */
export class Idempotency {
  #entries = new Map<string, Entry>();

  /** The saved answer, or the claim to a new key. Throws `StripeError` where the key stands for something else. */
  begin(key: string, path: string, parameters: string, now: number): SavedAnswer | IdempotencyClaim {
    if (key === '' || key.length > idempotencyKeyCharactersMax) throw invalidRequest(`Idempotency keys have 1 to ${idempotencyKeyCharactersMax} characters.`);
    const entry = this.#entries.get(key);
    if (entry === undefined || now - entry.since > idempotencyKeptSeconds) return this.#claim(key, { path, parameters, since: now, answer: undefined });
    if (entry.path !== path) throw mismatch(`Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${entry.path}'). Try using a key other than '${key}' if you meant to execute a different request.`);
    if (entry.parameters !== parameters) throw mismatch(`Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`);
    if (entry.answer === undefined) throw new StripeError(409, 'idempotency_error', `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`, { code: 'idempotency_key_in_use' });
    return entry.answer;
  }

  reset(): void {
    this.#entries = new Map();
  }

  #claim(key: string, entry: Entry): IdempotencyClaim {
    const entries = this.#entries;
    const [oldest] = entries.keys();
    if (entries.size >= idempotentAnswersMax && oldest !== undefined) entries.delete(oldest);
    entries.delete(key);
    entries.set(key, entry);
    return {
      keep: (answer) => {
        entry.answer = answer;
      },
      giveUp: () => {
        entries.delete(key);
      },
    };
  }
}

/** Whether it is an answer that was saved. */
export function isSavedAnswer(value: SavedAnswer | IdempotencyClaim): value is SavedAnswer {
  return 'body' in value;
}

function mismatch(message: string): StripeError {
  return new StripeError(400, 'idempotency_error', message);
}
