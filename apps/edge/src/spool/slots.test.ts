import { expect, test } from '@jest/globals';
import { partitionOf } from '@tacet/usage';
import { ForgetfulFiles } from '../../tests/forgetful-files.ts';
import { NoLogTotals } from './no-log-totals.ts';
import { encodeRequestSlot, type RequestSlotContent, type TotalContent } from './slot.ts';
import { SlotsFile } from './slots.ts';
import { halfBytes } from './two-halves.ts';

const accountId = Buffer.alloc(16, 0xa1);
const request: RequestSlotContent = {
  admission: {
    epoch: 3, requestId: Buffer.alloc(16, 0xe2), accountId, partition: partitionOf(accountId), keyId: Buffer.alloc(16, 0xe4),
    leaseByKey: true, noLog: false, priceVersion: 7, route: 'chat_completions', startedMs: 14,
  },
  counters: { reservedNano: 8n, input: 9, cached: 10, output: 11, source: 'exact', ttftMs: 12 },
  ticket: 5,
  sinceSegment: 6,
};
const total: TotalContent = { epoch: 3, accountId, keyId: Buffer.alloc(16), leaseByKey: false, priceVersion: 7, version: 2, input: 9, cached: 10, output: 11, foldedDay: 0, absorbed: [4, 5] };
const counts = { requests: 4, totals: 4 };
const withOutput = (output: number): RequestSlotContent => ({ ...request, counters: { ...request.counters, output } });

test('slots are read back as they were written', () => {
  const files = new ForgetfulFiles();
  const slots = SlotsFile.create(files.start(), counts);
  slots.setRequest(2, request);
  slots.setTotalNow(1, total);
  slots.flush();
  const again = SlotsFile.open(files.start())!;
  expect(again.readRequests()).toEqual({ found: [{ index: 2, content: request }], damaged: 0 });
  expect(again.readTotals()).toEqual({ found: [{ index: 1, content: total }], damaged: 0 });
});

test('a flush writes what changed and leaves the rest as it is, with one write for each page', () => {
  const files = new ForgetfulFiles();
  const many = { requests: 40, totals: 40 };
  const real = files.start();
  SlotsFile.create(real, many).close();
  const writes: [from: number, to: number][] = [];
  const open: typeof real.open = (name) => {
    const file = real.open(name);
    return { ...file, write: (bytes, from, to, position) => (writes.push([position, position + to - from]), file.write(bytes, from, to, position)) };
  };
  const slots = SlotsFile.open({ ...real, open })!;
  slots.setRequest(20, withOutput(20));
  slots.setRequest(17, withOutput(17));
  slots.setTotal(3, total);
  slots.clearRequest(22);
  slots.flush();
  const at = (slot: number) => 4096 + 256 * slot;
  expect(writes).toEqual([[at(17) + 128, at(22) + 256], [at(43) + 128, at(43) + 256]]);
  slots.setRequest(20, withOutput(21));
  slots.clearRequest(19);
  slots.flush();
  expect(writes.slice(2)).toEqual([[at(19), at(20) + 128]]);
  slots.flush();
  expect(writes).toHaveLength(3);
  const again = SlotsFile.open(files.start())!;
  expect(again.readRequests().found.map(({ index, content }) => [index, content.counters.output])).toEqual([[17, 17], [20, 21]]);
  expect(again.readTotals().found).toEqual([{ index: 3, content: total }]);
});

test('of two halves the newer counts, also when the number of updates wraps', () => {
  const files = new ForgetfulFiles();
  const slots = SlotsFile.create(files.start(), counts);
  const bytes = files.content('slots');
  const place = 4096;
  encodeRequestSlot(bytes, place + halfBytes, 0xffff_ffff, withOutput(1));
  encodeRequestSlot(bytes, place, 0, withOutput(2));
  expect(SlotsFile.open(files.start())!.readRequests().found[0]!.content.counters.output).toBe(2);
  const again = SlotsFile.open(files.start())!;
  again.setRequest(0, withOutput(3));
  again.flush();
  expect(SlotsFile.open(files.start())!.readRequests().found[0]!.content.counters.output).toBe(3);
  slots.close();
});

test('a torn write leaves the older half; without an intact half the slot counts as damaged', () => {
  const files = new ForgetfulFiles();
  const slots = SlotsFile.create(files.start(), counts);
  for (const output of [1, 2]) {
    slots.setRequest(0, withOutput(output));
    slots.flush();
  }
  const bytes = files.content('slots');
  // The second update is even: the first half.
  bytes[4096 + 90] = 0xff;
  expect(SlotsFile.open(files.start())!.readRequests().found[0]!.content.counters.output).toBe(1);
  bytes[4096 + halfBytes + 90] = 0xff;
  expect(SlotsFile.open(files.start())!.readRequests()).toEqual({ found: [], damaged: 1 });
});

test('the file never grows and a freed slot leaves nothing behind', () => {
  const files = new ForgetfulFiles();
  const slots = SlotsFile.create(files.start(), counts);
  const size = files.content('slots').length;
  for (let i = 0; i < 50; i++) {
    slots.setRequest(i % 4, withOutput(i));
    slots.flush();
    slots.clearRequest(i % 4);
    slots.flush();
  }
  expect(files.content('slots').subarray(4096).every((byte) => byte === 0)).toBe(true);
  expect(files.content('slots').length).toBe(size);
});

test('a tick writes each dirty page once', () => {
  const files = new ForgetfulFiles();
  const slots = SlotsFile.create(files.start(), { requests: 64, totals: 1 });
  let writes = 0;
  const real = files.start();
  const counted = SlotsFile.open({ ...real, open: (name) => ({ ...real.open(name), write: () => void writes++ }) })!;
  for (let i = 0; i < 20; i++) counted.setRequest(i, withOutput(i));
  counted.flush();
  expect(writes).toBe(2);
  slots.close();
});

test('totals survive a change of the number of slots', () => {
  const files = new ForgetfulFiles();
  SlotsFile.create(files.start(), counts).setTotalNow(3, total);
  const open = SlotsFile.open(files.start())!;
  const resized = SlotsFile.create(files.start(), { requests: 100, totals: 2 }, new NoLogTotals(open).all());
  expect(resized.readTotals().found.map(({ content }) => content)).toEqual([total]);
  expect(() => SlotsFile.create(files.start(), { requests: 1, totals: 0 }, [total])).toThrow('do not fit');
});

test('folded totals go after two days, reservations with their epoch, and their slots are free again', () => {
  const slots = SlotsFile.create(new ForgetfulFiles().start(), { requests: 1, totals: 2 });
  const totals = new NoLogTotals(slots);
  const key = (account: number) => ({ epoch: 1, accountId: Buffer.alloc(16, account), keyId: Buffer.alloc(16), leaseByKey: false, priceVersion: 1 });
  expect([totals.reserve(key(1)), totals.reserve(key(2)), totals.reserve(key(3)), totals.reserve(key(1))]).toEqual([true, true, false, true]);
  totals.absorb(key(1), { input: 1, cached: 2, output: 3 }, 9);
  expect(totals.hasAbsorbed(key(1), 9)).toBe(true);
  totals.removeExpired(100, 2);
  expect(totals.reserve(key(3))).toBe(true);
  totals.markFolded(1, 100);
  totals.removeExpired(101, 2);
  expect(totals.all()).toHaveLength(1);
  totals.removeExpired(102, 2);
  expect(totals.all()).toEqual([]);
});
