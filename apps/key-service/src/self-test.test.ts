import { expect, test } from '@jest/globals';
import { createNonceSource, openRecord, sealRecord } from '@tacet/sealed-record';
import { openWithNoble, sealWithNoble } from '@tacet/sealed-record/noble';
import { runSelfTest, type Implementations } from './self-test.ts';

const good: Implementations = { sealRecord, openRecord, sealWithNoble, openWithNoble };
const draw = createNonceSource();

test('it passes on a sound build', () => {
  expect(() => runSelfTest(draw)).not.toThrow();
});

const broken: [string, Partial<Implementations>][] = [
  ['seals something else', { sealRecord: (...args) => { const record = Buffer.from(sealRecord(...args)); record[60]! ^= 1; return record; } }],
  ['does not pad', { sealRecord: (key, context, plaintext, drawNonce) => sealRecord(key, context, plaintext, drawNonce, false) }],
  ['opens to something else', { openRecord: (...args) => Buffer.concat([openRecord(...args), Buffer.of(0)]) }],
  ['forgets the context', { openRecord: (key, context, record) => openRecord(key, { ...context, messageId: Buffer.alloc(16, 3) }, record) }],
  ['opens what is changed', { openRecord: () => Buffer.from('power-on self-test of key-service') }],
  ['twin differs', { sealWithNoble: (...args) => sealWithNoble(...args).fill(0, 60, 61) }],
  ['twin opens what is changed', { openWithNoble: () => Buffer.from('power-on self-test of key-service') }],
];

test.each(broken)('it fails on a build that %s', (_, part) => {
  expect(() => runSelfTest(draw, { ...good, ...part })).toThrow('the self-test failed');
});
