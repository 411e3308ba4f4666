import { TacetError } from '@tacet/errors';
import type { Caller, Claim } from '../keys/caller.ts';
import type { Limiter, LimitVerdict, Standing } from './limiter.ts';

/** When it may be worth another try where too many run at once: nobody knows when one of them ends. */
const concurrentRetryMs = 1_000;

/** A request that a limit of its key or account stands against, with how the windows stand. */
export class RateLimitedError extends TacetError {
  readonly requests: Standing | undefined;
  readonly tokens: Standing | undefined;

  constructor({ kind, scope, limit }: Claim, passage: Passage, retryAfterMs: number) {
    super('rate_limited', { retryAfterMs, metadata: { limit_source: `${scope}_${kind}`, limit } });
    this.requests = passage.requests;
    this.tokens = passage.tokens;
  }
}

/** What a request took from the limits of its key and account. */
export class Passage {
  readonly #limiter: Limiter;
  readonly #claims: readonly Claim[];
  readonly #tokens: number;
  /** Verdicts of claims on tokens that were taken, in their order. */
  readonly #taken: (LimitVerdict | undefined)[] = [];

  constructor(limiter: Limiter, claims: readonly Claim[], tokens: number) {
    this.#limiter = limiter;
    this.#claims = claims;
    this.#tokens = tokens;
  }

  /** How the tighter of the windows of requests stands now; undefined without such a limit. */
  get requests(): Standing | undefined {
    return this.#tightest('requests');
  }

  get tokens(): Standing | undefined {
    return this.#tightest('tokens');
  }

  /** Takes the claims from the given one on, as long as no promise is in the way. Throws `RateLimitedError`. */
  take(from = 0): Passage | Promise<Passage> {
    for (let i = from; i < this.#claims.length; i++) {
      const claim = this.#claims[i] as Claim;
      const outcome = claim.kind === 'concurrent' ? this.#limiter.enter(claim.name, claim.limit) : this.#limiter.take(claim.name, claim.limit, this.#amountOf(claim));
      if (outcome instanceof Promise) {
        return outcome.then((settled) => {
          this.#note(claim, settled);
          return this.take(i + 1);
        });
      }
      this.#note(claim, outcome);
    }
    return this;
  }

  /** The request is over. `tokens`: what it really used; what was taken is corrected. */
  finish(tokens: number): void {
    for (let i = 0; i < this.#taken.length; i++) {
      const claim = this.#claims[i] as Claim;
      const verdict = this.#taken[i];
      if (verdict) this.#limiter.settle(claim.name, tokens - this.#amountOf(claim), verdict.resetAtMs);
      else if (claim.kind === 'concurrent') this.#limiter.leave(claim.name);
    }
    this.#taken.length = 0;
  }

  /** What counts against a claim: no more than all of it, or a large request would never pass. */
  #amountOf({ kind, limit }: Claim): number {
    return kind === 'tokens' ? Math.min(this.#tokens, limit) : 1;
  }

  #note(claim: Claim, outcome: boolean | LimitVerdict): void {
    const isAllowed = typeof outcome === 'boolean' ? outcome : outcome.isAllowed;
    if (isAllowed) {
      this.#taken.push(claim.kind === 'tokens' && typeof outcome !== 'boolean' ? outcome : undefined);
      return;
    }
    this.finish(0);
    throw new RateLimitedError(claim, this, typeof outcome === 'boolean' ? concurrentRetryMs : outcome.resetMs);
  }

  #tightest(kind: Claim['kind']): Standing | undefined {
    let tightest: Standing | undefined;
    for (const { kind: of, name, limit } of this.#claims) {
      if (of !== kind) continue;
      const standing = this.#limiter.standing(name, limit);
      if (tightest === undefined || standing.remaining < tightest.remaining) tightest = standing;
    }
    return tightest;
  }
}

/**
 * Takes a request past the limits of its key and account. `tokens`: what it is estimated to use. Undefined where
 * there are none; a promise only where a share has to be drawn first. Throws or rejects with `RateLimitedError`,
 * and then nothing but the request itself stays counted.
 */
export function passLimits(limiter: Limiter, { claims }: Caller, tokens: number): Passage | undefined | Promise<Passage> {
  return claims.length === 0 ? undefined : new Passage(limiter, claims, tokens).take();
}
