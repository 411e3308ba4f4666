import { createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { compare } from '@node-rs/bcrypt';
import { bcryptInput, createPasswordHasher } from './password-hasher.ts';
import { newPasswordSchema, passwordSchema } from './password-rules.ts';

const pepper = { version: 3, key: Buffer.alloc(32, 1) };
const older = { version: 2, key: Buffer.alloc(32, 2) };
const peppers = { newest: pepper, find: (version: number) => [pepper, older].find((one) => one.version === version) };

test('a hash is bcrypt at cost 12 over base64(HMAC-SHA-384(pepper, NFKC(password)))', async () => {
  const hasher = await createPasswordHasher(peppers);
  const stored = await hasher.hash('ﬁancé wants ①2 characters');
  expect(stored).toEqual({ passwordHash: expect.stringMatching(/^\$2b\$12\$/), pepperVersion: 3 });
  const input = createHmac('sha384', pepper.key).update('fiancé wants 12 characters').digest('base64');
  expect(input).toHaveLength(64);
  expect(await compare(input, stored.passwordHash)).toBe(true);
});

test('what bcrypt would ignore counts: bytes after the 72nd, and everything behind a NUL', () => {
  const long = 'x'.repeat(100);
  expect(bcryptInput(`${long}a`, pepper)).not.toBe(bcryptInput(`${long}b`, pepper));
  expect(bcryptInput('abc\0def', pepper)).not.toBe(bcryptInput('abc', pepper));
  expect(bcryptInput('abc', pepper)).not.toBe(bcryptInput('abc', older));
});

test('a stored hash opens with its own pepper alone, and nothing opens where there is none', async () => {
  const hasher = await createPasswordHasher(peppers);
  const old = await (await createPasswordHasher({ newest: older, find: () => older })).hash('a password of old');
  expect([await hasher.verify('a password of old', old), hasher.isOutdated(old)]).toEqual([true, true]);
  expect(await hasher.verify('a password of new', old)).toBe(false);
  expect(await hasher.verify('a password of old', { ...old, pepperVersion: 3 })).toBe(false);
  expect(await hasher.verify('a password of old', { ...old, pepperVersion: 9 })).toBe(false);
  expect(await hasher.verify('', undefined)).toBe(false);
  expect(hasher.isOutdated(await hasher.hash('a password of new'))).toBe(false);
});

test('many hashes at once leave room for the other slow work of the process, and all are made', async () => {
  const hasher = await createPasswordHasher(peppers);
  let made = 0;
  const hashes = Array.from({ length: 16 }, () => hasher.hash('a password').then(() => void made++));
  // What signing in to PostgreSQL needs, on the same threads.
  await promisify(pbkdf2)('password', 'salt', 4_096, 32, 'sha256');
  expect(made).toBeLessThan(8);
  await Promise.all(hashes);
  expect(made).toBe(16);
}, 60_000);

test('too many at once are refused, not queued', async () => {
  const hasher = await createPasswordHasher(peppers, 2);
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => hasher.verify('x', undefined)));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ reason: { code: 'overloaded' } });
});

test.each([
  ['twelve chars', true],
  ['eleven char', false],
  ['👩‍🚀👩‍🚀👩‍🚀👩‍🚀', true],
  ['x'.repeat(1_024), true],
  ['x'.repeat(1_025), false],
  ['é'.repeat(513), false],
  [`${'x'.repeat(20)}\ud800`, false],
])('a new password %j: %s', (text, good) => {
  expect(newPasswordSchema.safeParse(text).success).toBe(good);
});

test('a password to compare with may be short', () => {
  expect(passwordSchema.safeParse('').success).toBe(true);
});
