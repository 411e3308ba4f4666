import { createHmac } from 'node:crypto';
import type { Queryable } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Pepper } from './peppers.ts';

/** How often something may be tried. */
export interface ThrottleRule {
  readonly name: string;
  readonly attemptsMax: number;
  readonly windowMs: number;
}

const minuteMs = 60_000;

/** The rules, each a line of the README. A subject is an address, a network, both, or an account. */
export const throttleRules = {
  signInByAddressAndNetwork: { name: 'sign-in-address-network', attemptsMax: 10, windowMs: 15 * minuteMs },
  signInByAddress: { name: 'sign-in-address', attemptsMax: 50, windowMs: 15 * minuteMs },
  signInByNetwork: { name: 'sign-in-network', attemptsMax: 200, windowMs: 15 * minuteMs },
  reauthenticateByAccount: { name: 'reauthenticate-account', attemptsMax: 10, windowMs: 15 * minuteMs },
  mailByAddress: { name: 'mail-address', attemptsMax: 5, windowMs: 60 * minuteMs },
  mailByNetwork: { name: 'mail-network', attemptsMax: 30, windowMs: 60 * minuteMs },
  tokenByNetwork: { name: 'token-network', attemptsMax: 100, windowMs: 15 * minuteMs },
  keysByAccount: { name: 'keys-account', attemptsMax: 120, windowMs: 60 * minuteMs },
  exportsByAccount: { name: 'exports-account', attemptsMax: 10, windowMs: 60 * minuteMs },
} as const satisfies Record<string, ThrottleRule>;

/** Counts attempts in Postgres, so that all replicas count together. Subjects are kept as HMACs under the pepper. */
export interface Throttle {
  /** Counts one attempt before it is made. Throws `rate_limited` when there were too many in the window. */
  spend(db: Queryable, rule: ThrottleRule, subject: string, nowMs: number): Promise<void>;
  /** Forgets the attempts of a subject, after a success. */
  forgive(db: Queryable, rule: ThrottleRule, subject: string): Promise<void>;
}

/** Makes a throttle whose subjects are keyed by `pepper`. */
export function createThrottle(pepper: Pepper): Throttle {
  const subjectOf = (rule: ThrottleRule, subject: string) =>
    createHmac('sha256', pepper.key).update(`throttle\0${rule.name}\0${subject}`).digest();
  return {
    spend: async (db, rule, subject, nowMs) => {
      const now = new Date(nowMs);
      const { rows } = await db.query<{ attempts: number; expires_at: Date }>(
        `INSERT INTO account.throttle AS t (subject, attempts, expires_at) VALUES ($1, 1, $2)
         ON CONFLICT (subject) DO UPDATE SET
           attempts = CASE WHEN t.expires_at <= $3 THEN 1 ELSE least(t.attempts + 1, 1000000) END,
           expires_at = CASE WHEN t.expires_at <= $3 THEN excluded.expires_at ELSE t.expires_at END
         RETURNING attempts, expires_at`,
        [subjectOf(rule, subject), new Date(nowMs + rule.windowMs), now],
      );
      const [row] = rows;
      if (row && row.attempts > rule.attemptsMax)
        throw new TacetError('rate_limited', { retryAfterMs: Math.max(1_000, row.expires_at.getTime() - nowMs) });
    },
    forgive: async (db, rule, subject) => {
      await db.query('DELETE FROM account.throttle WHERE subject = $1', [subjectOf(rule, subject)]);
    },
  };
}

/** Deletes counters whose window has passed. */
export async function deletePastThrottles(db: Queryable, nowMs: number): Promise<void> {
  await db.query('DELETE FROM account.throttle WHERE expires_at <= $1', [new Date(nowMs)]);
}
