/**
 * Goal: of a million records no two have the same nonce, and each draws exactly one. Method: a million real records, their
 * nonces read out of what was sealed, compared in whole.
 */
import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createNonceSource, createRecordKey, sealRecord } from '../src/index.ts';

const count = 1_000_000;

test('a million records: each draws one nonce from the source and carries it, and no two are the same', () => {
  const key = createRecordKey(createSecretKey(randomBytes(32)), 1);
  const place = { accountId: randomBytes(16), conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 };
  const source = createNonceSource();
  let drawn = 0;
  const draw = () => {
    drawn++;
    return source();
  };
  const nonces = new Set<string>();
  for (let i = 0; i < count; i++) nonces.add(sealRecord(key, place, Buffer.from('x'), draw, true).toString('latin1', 8, 20));
  expect([drawn, nonces.size]).toEqual([count, count]);
}, 300_000);
