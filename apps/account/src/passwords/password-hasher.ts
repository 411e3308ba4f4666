import { createHmac, randomBytes } from 'node:crypto';
import { compare, hash } from '@node-rs/bcrypt';
import { TacetError } from '@tacet/errors';
import type { Pepper, Peppers } from './peppers.ts';

/** bcrypt's cost: 2^12 rounds, about a quarter of a second. */
const bcryptCost = 12;
/** Hashes under way or waiting. */
const defaultHashesMax = 64;
/**
 * Hashes under way. Node has four threads for all of its slow work: signing in to PostgreSQL, looking names up and reading files need
 * one as well, and would wait for every hash that is queued there.
 */
const hashesAtOnce = 3;

/** A password as it is stored. */
export interface StoredPassword {
  readonly passwordHash: string;
  readonly pepperVersion: number;
}

/** Makes and checks password hashes. Checking takes the same work whether there is a password to compare with or not. */
export interface PasswordHasher {
  /** Throws `overloaded` when too many are waiting. */
  hash(plaintextPassword: string): Promise<StoredPassword>;
  /** False for a wrong password and for none stored. Throws `overloaded`. */
  verify(plaintextPassword: string, stored: StoredPassword | undefined): Promise<boolean>;
  /** Whether a hash was made with an older pepper or cost and should be made again at the next sign-in. */
  isOutdated(stored: StoredPassword): boolean;
}

/** Makes a hasher, with a hash of its own that stands in where an account has none. */
export async function createPasswordHasher(peppers: Peppers, hashesMax = defaultHashesMax): Promise<PasswordHasher> {
  const standIn: StoredPassword = {
    passwordHash: await hash(bcryptInput(randomBytes(24).toString('hex'), peppers.newest), bcryptCost),
    pepperVersion: peppers.newest.version,
  };
  let count = 0;
  const waiting: (() => void)[] = [];
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (count >= hashesMax) throw new TacetError('overloaded', { retryAfterMs: 1_000 });
    if (++count > hashesAtOnce) await new Promise<void>((resolve) => void waiting.push(resolve));
    try {
      return await work();
    } finally {
      count--;
      // One that waits takes the place of this one.
      waiting.shift()?.();
    }
  };
  return {
    hash: (plaintextPassword) =>
      bounded(async () => ({
        passwordHash: await hash(bcryptInput(plaintextPassword, peppers.newest), bcryptCost),
        pepperVersion: peppers.newest.version,
      })),
    verify: (plaintextPassword, stored) =>
      bounded(async () => {
        const pepper = stored && peppers.find(stored.pepperVersion);
        const against = stored && pepper ? stored : standIn;
        const equal = await compare(bcryptInput(plaintextPassword, pepper ?? peppers.newest), against.passwordHash);
        return equal && against !== standIn;
      }),
    isOutdated: ({ passwordHash, pepperVersion }) =>
      pepperVersion !== peppers.newest.version || !passwordHash.startsWith(`$2b$${bcryptCost}$`),
  };
}

/**
 * What bcrypt is given: base64(HMAC-SHA-384(pepper, NFKC(password))), 64 characters. bcrypt ignores everything
 * after 72 bytes and stops at a NUL; this form has neither.
 */
export function bcryptInput(plaintextPassword: string, pepper: Pepper): string {
  return createHmac('sha384', pepper.key).update(plaintextPassword.normalize('NFKC'), 'utf8').digest('base64');
}
