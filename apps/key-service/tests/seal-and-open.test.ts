import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext, textOf } from './records.ts';

let service: KeyServiceUnderTest;
beforeAll(async () => {
  service = await startKeyService();
}, 60_000);
afterAll(() => service.stop());

const keys = () => service.keys('account');
const seals = () => service.seals('account');
const oneMebibyte = 1_048_576;

test('what was sealed opens in its place, in the order of the call', async () => {
  const accountId = await someAccount(keys());
  const contexts = Array.from({ length: 1_000 }, (_, i) => someContext((i % 4) + 1));
  const { records } = await seals().Seal({ accountId, records: contexts.map((context, i) => ({ context, plaintext: Buffer.from(`message ${i}`) })) });
  expect(records).toHaveLength(1_000);
  const opened = await seals().Open({ accountId, records: contexts.map((context, i) => ({ context, record: records[i]! })) });
  expect(opened.records.map(textOf)).toEqual(contexts.map((_, i) => `message ${i}`));
});

test('records begin with 0xC1, messages and titles are padded, seeds and exports are not', async () => {
  const accountId = await someAccount(keys());
  const lengths = await Promise.all([1, 2, 3, 4].map(async (field) => (await sealOne(seals(), accountId, someContext(field), 'twelve bytes')).length));
  expect(lengths).toEqual([52 + 256 + 16, 52 + 256 + 16, 52 + 12 + 16, 52 + 12 + 16]);
  const record = await sealOne(seals(), accountId, someContext(), 'x');
  expect([...record.subarray(0, 8)]).toEqual([0xc1, 0x01, 1, 0, 0, 0, 0, 1]);
});

test('an empty batch and an empty plaintext are no error', async () => {
  const accountId = await someAccount(keys());
  expect(await seals().Seal({ accountId, records: [] })).toEqual({ records: [] });
  const context = someContext();
  expect(await openOne(seals(), accountId, context, await sealOne(seals(), accountId, context, ''))).toBe('');
});

describe('a record is refused, and the others of its batch open', () => {
  const context = someContext();
  const cases: [string, (record: Buffer) => Buffer, (place: typeof context) => typeof context][] = [
    ['cut by a byte', (record) => record.subarray(0, -1), (place) => place],
    ['longer by a byte', (record) => Buffer.concat([record, Buffer.alloc(1)]), (place) => place],
    ['empty', () => Buffer.alloc(0), (place) => place],
    ['of another kind', (record) => Buffer.concat([Buffer.of(0xd1), record.subarray(1)]), (place) => place],
    ['of a DEK version that does not exist', (record) => Buffer.from(record).fill(0xff, 4, 8), (place) => place],
    ['said to be ephemeral', (record) => Buffer.from(record).fill(0x11, 1, 2), (place) => place],
    ['with one bit changed', (record) => Buffer.from(record).fill(record[100]! ^ 1, 100, 101), (place) => place],
    ['in another conversation', (record) => record, (place) => ({ ...place, conversationId: Buffer.alloc(16, 9) })],
    ['in another message', (record) => record, (place) => ({ ...place, messageId: Buffer.alloc(16, 9) })],
    ['in another field', (record) => record, (place) => ({ ...place, field: 2 })],
  ];
  test.each(cases)('%s', async (_, change, move) => {
    const accountId = await someAccount(keys());
    const record = await sealOne(seals(), accountId, context, 'text');
    const { records } = await seals().Open({ accountId, records: [{ context, record }, { context: move(context), record: change(record) }, { context, record }] });
    expect(records.map(textOf)).toEqual(['text', undefined, 'text']);
  });

  test('of another account', async () => {
    const [accountId, other] = await Promise.all([someAccount(keys()), someAccount(keys())]);
    const record = await sealOne(seals(), accountId, context, 'text');
    expect(await openOne(seals(), other, context, record)).toBeUndefined();
    expect(await openOne(seals(), accountId, context, record)).toBe('text');
  });

  test('in the place of another record', async () => {
    const accountId = await someAccount(keys());
    const [first, second] = [someContext(), someContext()];
    const records = [await sealOne(seals(), accountId, first, 'one'), await sealOne(seals(), accountId, second, 'two')] as const;
    const opened = await seals().Open({ accountId, records: [{ context: first, record: records[1] }, { context: second, record: records[0] }] });
    expect(opened.records.map(textOf)).toEqual([undefined, undefined]);
  });
});

describe('a wrong call is a typed error', () => {
  const plain = (context: object | null, plaintext: Buffer = Buffer.from('x'), expiresAtMs: number | string = 0) => ({ context, plaintext, expiresAtMs });
  const wrong: [string, object, string, string | undefined][] = [
    ['no account', { accountId: Buffer.alloc(0) }, 'field_invalid', 'account_id'],
    ['an account of 15 bytes', { accountId: Buffer.alloc(15, 1) }, 'field_invalid', 'account_id'],
    ['an account of 17 bytes', { accountId: Buffer.alloc(17, 1) }, 'field_invalid', 'account_id'],
    ['the zero account', { accountId: Buffer.alloc(16) }, 'field_invalid', 'account_id'],
    ['an account without a DEK', { accountId: randomBytes(16) }, 'dek_unknown', undefined],
    ['no context', { context: null }, 'field_invalid', 'records.context'],
    ['a short conversation id', { context: { ...someContext(), conversationId: Buffer.alloc(8) } }, 'field_invalid', 'records.context.conversation_id'],
    ['a long message id', { context: { ...someContext(), messageId: Buffer.alloc(17) } }, 'field_invalid', 'records.context.message_id'],
    ['field 0', { context: someContext(0) }, 'field_invalid', 'records.context.field'],
    ['field 5', { context: someContext(5) }, 'field_invalid', 'records.context.field'],
    ['schema 0', { context: { ...someContext(), schema: 0 } }, 'field_invalid', 'records.context.schema'],
    ['schema 2', { context: { ...someContext(), schema: 2 } }, 'field_invalid', 'records.context.schema'],
  ];
  test.each(wrong)('%s', async (_, change, code, param) => {
    const given: { accountId: Buffer; context: object | null } = { accountId: await someAccount(keys()), context: someContext(), ...change };
    const expected = { name: 'TacetError', code, param };
    await expect(seals().Seal({ accountId: given.accountId, records: [plain(someContext()), plain(given.context)] })).rejects.toMatchObject(expected);
    await expect(seals().Open({ accountId: given.accountId, records: [{ context: given.context, record: Buffer.alloc(80) }] })).rejects.toMatchObject(expected);
  });

  test('an expiry before 1970', async () => {
    await expect(seals().Seal({ accountId: await someAccount(keys()), records: [plain(someContext(), Buffer.from('x'), -1)] })).rejects.toMatchObject({ code: 'field_invalid', param: 'records.expires_at_ms' });
  });
});

describe('batches are limited', () => {
  const plainOf = (length: number) => ({ context: someContext(), plaintext: Buffer.alloc(length), expiresAtMs: 0 });

  test('1,000 records pass and 1,001 do not', async () => {
    const accountId = await someAccount(keys());
    const records = Array.from({ length: 1_001 }, () => plainOf(1));
    await expect(seals().Seal({ accountId, records })).rejects.toMatchObject({ code: 'batch_too_large' });
    await expect(seals().Open({ accountId, records: records.map(({ context }) => ({ context, record: Buffer.alloc(80) })) })).rejects.toMatchObject({ code: 'batch_too_large' });
    expect((await seals().Seal({ accountId, records: records.slice(1) })).records).toHaveLength(1_000);
  });

  test('1 MiB a record passes, a byte more does not', async () => {
    const accountId = await someAccount(keys());
    await expect(seals().Seal({ accountId, records: [plainOf(oneMebibyte + 1)] })).rejects.toMatchObject({ code: 'batch_too_large' });
    expect((await seals().Seal({ accountId, records: [plainOf(oneMebibyte)] })).records[0]).toHaveLength(52 + oneMebibyte + 256 + 16);
  });

  test('4 MiB a call pass, come back and open; a byte more does not pass', async () => {
    const accountId = await someAccount(keys());
    const four = [1, 2, 3, 4].map(() => plainOf(oneMebibyte));
    await expect(seals().Seal({ accountId, records: [...four, plainOf(1)] })).rejects.toMatchObject({ code: 'batch_too_large' });
    const sealed = await seals().Seal({ accountId, records: four });
    const opened = await seals().Open({ accountId, records: four.map(({ context }, i) => ({ context, record: sealed.records[i]! })) });
    expect(opened.records.map(({ plaintext }) => plaintext?.length)).toEqual([oneMebibyte, oneMebibyte, oneMebibyte, oneMebibyte]);
  });

  test('more than gRPC takes is refused by gRPC', async () => {
    const accountId = await someAccount(keys());
    await expect(seals().Seal({ accountId, records: Array.from({ length: 6 }, () => plainOf(oneMebibyte)) })).rejects.toMatchObject({ name: 'RpcUnavailableError', grpcStatus: 8 });
  });
});

test('nothing of what was sealed is printed, whatever happens', async () => {
  const accountId = await someAccount(keys());
  const canary = 'canary-7f3a';
  const context = someContext();
  const record = await sealOne(seals(), accountId, context, canary);
  await openOne(seals(), accountId, context, record);
  await openOne(seals(), accountId, someContext(), record);
  await seals().Seal({ accountId, records: [{ context: someContext(9), plaintext: Buffer.from(canary) }] }).catch(() => undefined);
  const log = await service.log();
  expect(log).toContain('listening');
  for (const form of [canary, Buffer.from(canary).toString('hex'), Buffer.from(canary).toString('base64'), accountId.toString('hex')]) expect(log).not.toContain(form);
});
