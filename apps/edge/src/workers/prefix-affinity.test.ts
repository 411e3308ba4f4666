import { expect, test } from '@jest/globals';
import { prefixesMax, PrefixAffinity, prefixKeptMs, prefixLengths } from './prefix-affinity.ts';
import type { Worker } from './worker.ts';

const [alice, bob] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
const worker = (name: string) => ({ address: name }) as Worker;
const key = Buffer.alloc(32, 7);
const text = (bytes: number, fill = 'x') => Buffer.alloc(bytes, fill);

test('a prompt that begins as another of its account is known by the longest beginning that they share', () => {
  const affinity = new PrefixAffinity(key, () => 0);
  const [first, second] = [worker('1'), worker('2')];
  affinity.remember(affinity.namesOf(alice, text(3_000)), first);
  affinity.remember(affinity.namesOf(alice, Buffer.concat([text(1_100), text(5_000, 'y')])), second);
  // The shortest beginning is shared by both, and the second was there last.
  expect(affinity.find(affinity.namesOf(alice, text(1_200)))).toBe(second);
  expect(affinity.find(affinity.namesOf(alice, text(100_000)))).toBe(first);
  expect(affinity.find(affinity.namesOf(alice, Buffer.concat([text(1_100), text(9_000, 'y')])))).toBe(second);
  expect(affinity.find(affinity.namesOf(alice, text(100_000, 'z')))).toBeUndefined();
});

test('accounts share nothing, and nor do processes', () => {
  const affinity = new PrefixAffinity(key, () => 0);
  affinity.remember(affinity.namesOf(alice, text(3_000)), worker('1'));
  expect(affinity.find(affinity.namesOf(bob, text(3_000)))).toBeUndefined();
  const other = new PrefixAffinity(Buffer.alloc(32, 8), () => 0);
  expect(other.namesOf(alice, text(3_000))).not.toEqual(affinity.namesOf(alice, text(3_000)));
});

test('no name holds a byte of the prompt, and a short prompt has none', () => {
  const affinity = new PrefixAffinity(key, () => 0);
  const names = affinity.namesOf(alice, text(70_000, 'a'));
  expect(names).toHaveLength(prefixLengths.length);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect([name.length, name.includes('aaa')]).toEqual([16, false]);
  expect(affinity.namesOf(alice, text(prefixLengths[0] - 1))).toEqual([]);
});

test('memory of beginnings is bounded, whatever is sent', () => {
  const affinity = new PrefixAffinity(key, () => 0, 1_000);
  for (let i = 0; i < 5_000; i++) affinity.remember([`name-${i}`], worker('1'));
  expect(affinity.size).toBe(1_000);
  expect(affinity.find(['name-0'])).toBeUndefined();
  expect(affinity.find(['name-4999'])).toBeDefined();
  expect(prefixesMax).toBeLessThanOrEqual(100_000);
});

test('beginnings are forgotten after a while', () => {
  let now = 1;
  const affinity = new PrefixAffinity(key, () => now);
  affinity.remember(['a'], worker('1'));
  now += prefixKeptMs + 1;
  expect(affinity.find(['a'])).toBeUndefined();
});
