import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { partitionOf } from '@tacet/usage';
import { ForgetfulFiles } from '../../tests/forgetful-files.ts';
import { EdgeIdentity } from './edge-identity.ts';
import { GroupCommit } from './group-commit.ts';
import { segmentHeaderBytes } from './segment.ts';
import type { Admission } from './slot.ts';
import { Spool, type SpoolOptions } from './spool.ts';
import { spoolFolder } from './spool-files.ts';
import { lockSpool } from './spool-lock.ts';

const folderOf = () => mkdtempSync(join(tmpdir(), 'tacet-spool-'));
const admission: Admission = {
  epoch: 1, requestId: Buffer.alloc(16, 1), accountId: Buffer.alloc(16, 2), partition: partitionOf(Buffer.alloc(16, 2)), keyId: Buffer.alloc(16, 3),
  leaseByKey: false, noLog: false, priceVersion: 1, route: 'chat_completions', startedMs: 1,
};
const counters = () => ({ reservedNano: 1n, input: 1, cached: 0, output: 1, source: 'exact' as const, ttftMs: 0 });
const options: SpoolOptions = {
  edgeId: Buffer.alloc(16, 9), segmentBytes: segmentHeaderBytes + 64 * 128, bytesMax: 1024 * 1024, slots: { requests: 2, totals: 2 },
  monotonicMs: () => 0, wallMs: () => 5, onTrouble: () => undefined, onFailure: () => undefined,
};

test('an edge is its folder: the id stays, the epoch rises with each start, and a torn write does not lower it', () => {
  const folder = folderOf();
  const files = spoolFolder(folder);
  const first = EdgeIdentity.open(files, () => Buffer.alloc(16, 4));
  expect([first.raiseEpoch(), first.raiseEpoch()]).toEqual([1, 2]);
  const again = EdgeIdentity.open(files, () => Buffer.alloc(16, 5));
  expect([again.edgeId, again.raiseEpoch()]).toEqual([Buffer.alloc(16, 4), 3]);
  const bytes = readFileSync(join(folder, 'identity'));
  // Updates 1, 2, 3 and the first write of the identity: the fourth is the newest, in the first half.
  bytes[20] = 0xff;
  writeFileSync(join(folder, 'identity'), bytes);
  expect(EdgeIdentity.open(files, () => Buffer.alloc(16)).epoch).toBe(2);
  bytes[148] = 0xff;
  writeFileSync(join(folder, 'identity'), bytes);
  expect(() => EdgeIdentity.open(files, () => Buffer.alloc(16))).toThrow('identity');
  rmSync(folder, { recursive: true });
});

test('one process has a folder; the socket of a dead one is no obstacle', async () => {
  const folder = folderOf();
  const lock = await lockSpool(folder);
  await expect(lockSpool(folder)).rejects.toThrow('another process');
  await lock.release();
  const source = `require('node:net').createServer().listen(${JSON.stringify(join(folder, 'lock'))}, () => console.log('held'))`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await expect(lockSpool(folder)).rejects.toThrow('another process');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(statSync(join(folder, 'lock')).isSocket()).toBe(true);
  const second = await lockSpool(folder);
  await second.release();
  rmSync(folder, { recursive: true });
});

test('two processes that start at once over a dead socket do not both get the folder', async () => {
  const folder = folderOf();
  const results = await Promise.allSettled([lockSpool(folder), lockSpool(folder), lockSpool(folder)]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) if (result.status === 'fulfilled') await result.value.release();
  rmSync(folder, { recursive: true });
});

test('on a real disk a spool is found again as it was left, preallocated', async () => {
  const folder = folderOf();
  const spool = Spool.open(spoolFolder(folder), options);
  const kept = spool.openRequest(admission, counters())!;
  spool.touch(kept);
  const ended = spool.openRequest({ ...admission, requestId: Buffer.alloc(16, 8) }, counters())!;
  spool.finish(ended, 'ok', 5);
  await spool.whenSynced();
  expect(spool.synced).toBe(spool.outbox.end);
  expect(statSync(join(folder, 'outbox-0000000001')).size).toBe(options.segmentBytes);
  // As after kill -9: the files are opened by another without a close.
  const again = Spool.open(spoolFolder(folder), options);
  expect(again.recovery).toEqual({ crashFinals: 1, folded: 0, damaged: 0 });
  expect(Spool.open(spoolFolder(folder), options).recovery).toEqual({ crashFinals: 0, folded: 0, damaged: 0 });
  expect(kept.index).toBe(0);
  spool.close();
  rmSync(folder, { recursive: true });
});

test('when slots or totals are all taken, no request is admitted', () => {
  const spool = Spool.open(new ForgetfulFiles().start(), options);
  const noLog = (account: number): Admission => ({ ...admission, noLog: true, requestId: Buffer.alloc(16), accountId: Buffer.alloc(16, account) });
  const first = spool.openRequest(noLog(1), counters())!;
  expect(spool.openRequest(noLog(2), counters())).toBeDefined();
  expect(spool.openRequest(admission, counters())).toBeUndefined();
  expect(spool.absorb(first)).toMatchObject({ before: { input: 0, cached: 0, output: 0 }, after: { input: 1, output: 1 } });
  expect(spool.running).toBe(1);
  expect(spool.openRequest(noLog(3), counters())).toBeUndefined();
  expect(spool.openRequest(noLog(1), counters())).toBeDefined();
});

test('room is kept for what runs: admission stops before records do not fit', () => {
  const spool = Spool.open(new ForgetfulFiles().start(), { ...options, bytesMax: options.segmentBytes, slots: { requests: 100, totals: 1 } });
  let admitted = 0;
  while (spool.hasRoom) {
    spool.openRequest(admission, counters());
    admitted++;
  }
  expect(admitted).toBe(32);
});

test('a late touch of an ended request does not write into the slot of the next one', async () => {
  const files = new ForgetfulFiles();
  const spool = Spool.open(files.start(), options);
  const ended = spool.openRequest(admission, counters())!;
  spool.finish(ended, 'ok', 1);
  const next = spool.openRequest({ ...admission, requestId: Buffer.alloc(16, 6) }, counters())!;
  expect(next.index).toBe(ended.index);
  spool.touch(next);
  ended.counters.output = 99;
  spool.touch(ended);
  await spool.whenSynced();
  const again = Spool.open(files.start(), options);
  expect(again.recovery.crashFinals).toBe(1);
});

test('a request that has received nothing is not written at all, and a crash makes no record of it', async () => {
  const files = new ForgetfulFiles();
  const spool = Spool.open(files.start(), options);
  const before = Buffer.from(files.content('slots'));
  spool.openRequest(admission, counters());
  await spool.whenSynced();
  expect(files.content('slots').equals(before)).toBe(true);
  expect(Spool.open(files.start(), options).recovery.crashFinals).toBe(0);
});

test('who waits in the same tick shares a sync, who comes during one shares the next', async () => {
  let syncs = 0;
  const finish: (() => void)[] = [];
  const file = { size: 0, write: () => undefined, read: () => undefined, syncNow: () => undefined, close: () => undefined, sync: () => new Promise<void>((resolve) => (syncs++, finish.push(resolve))) };
  const commit = new GroupCommit({ takeUnsynced: () => [file], end: () => 7, onFailure: () => undefined });
  const order: string[] = [];
  const first = [commit.whenSynced().then(() => order.push('a')), commit.whenSynced().then(() => order.push('b'))];
  await new Promise((resolve) => setImmediate(resolve));
  expect(syncs).toBe(1);
  const second = commit.whenSynced().then(() => order.push('c'));
  finish.shift()!();
  await Promise.all(first);
  await new Promise((resolve) => setImmediate(resolve));
  expect([syncs, order]).toEqual([2, ['a', 'b']]);
  finish.shift()!();
  await second;
  expect(order).toEqual(['a', 'b', 'c']);
});

test('a failed sync is told once, and nobody who waits is told that all is well', async () => {
  const files = new ForgetfulFiles();
  const failures: unknown[] = [];
  const spool = Spool.open(files.start(), { ...options, onFailure: (error) => failures.push(error) });
  const before = spool.synced;
  spool.finish(spool.openRequest(admission, counters())!, 'ok', 1);
  files.failure = Object.assign(new Error('disk'), { code: 'EIO' });
  let told = false;
  void spool.whenSynced().then(() => (told = true));
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  expect([told, spool.synced, failures.length]).toEqual([false, before, 1]);
});

test.each([
  ['a checkpoint', (spool: Spool) => void spool.checkpoint(spool.openRequest(admission, counters())!, 1)],
  ['a final', (spool: Spool) => void spool.finish(spool.openRequest(admission, counters())!, 'ok', 1)],
  ['a no-log total', (spool: Spool) => void spool.absorb(spool.openRequest({ ...admission, noLog: true }, counters())!)],
])('a full or broken disk under %s throws, is told once, and what comes after is not published', (_, write) => {
  for (const code of ['ENOSPC', 'EIO']) {
    const files = new ForgetfulFiles();
    const failures: unknown[] = [];
    const spool = Spool.open(files.start(), { ...options, onFailure: (error) => failures.push(error) });
    const before = spool.synced;
    files.failure = Object.assign(new Error('disk'), { code });
    for (let i = 0; i < 2; i++) expect(() => write(spool)).toThrow('disk');
    expect([failures, spool.synced]).toEqual([[files.failure], before]);
  }
});

test('a full or broken disk under the counters of a tick is told once', async () => {
  for (const code of ['ENOSPC', 'EIO']) {
    const files = new ForgetfulFiles();
    const failures: unknown[] = [];
    const spool = Spool.open(files.start(), { ...options, onFailure: (error) => failures.push(error) });
    files.failure = Object.assign(new Error('disk'), { code });
    for (let i = 0; i < 2; i++) {
      spool.touch(spool.openRequest(admission, counters())!);
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
    expect(failures).toEqual([files.failure]);
  }
});

test('requests that end in one turn are written together, and only then is anybody told', async () => {
  const files = new ForgetfulFiles();
  const real = files.start();
  const writes: number[] = [];
  const open: typeof real.open = (name) => {
    const file = real.open(name);
    return { ...file, write: (bytes, from, to, position) => (writes.push(to - from), file.write(bytes, from, to, position)) };
  };
  Spool.open(real, options).close();
  const spool = Spool.open({ ...real, open }, options);
  const told: string[] = [];
  const end = (name: string) => {
    spool.finishInTurn(spool.openRequest(admission, counters())!, 'ok', 1);
    spool.whenWritten(() => told.push(`${name} ${writes.length}`));
  };
  end('a');
  end('b');
  await Promise.resolve();
  expect([told, writes, spool.running]).toEqual([[], [], 0]);
  await new Promise((resolve) => setImmediate(resolve));
  expect([told, writes]).toEqual([['a 1', 'b 1'], [2 * 128]]);
  // Whoever asks when nothing is held is told with the end of its turn, too.
  spool.whenWritten(() => told.push('c'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['a 1', 'b 1', 'c']);
  // A final that does not wait is behind those that do.
  end('d');
  spool.finish(spool.openRequest(admission, counters())!, 'ok', 1);
  expect(writes).toEqual([2 * 128, 2 * 128]);
});

test('no-log requests that end in one turn are written with it, or before anybody is told of their total', async () => {
  const files = new ForgetfulFiles();
  const spool = Spool.open(files.start(), options);
  const noLog: Admission = { ...admission, noLog: true, requestId: Buffer.alloc(16), keyId: Buffer.alloc(16) };
  const found = () => Spool.open(files.start(), options).totals.all().map(({ version, output, absorbed }) => [version, output, absorbed]);
  for (let i = 1; i <= 3; i++) expect(spool.absorbInTurn(spool.openRequest(noLog, counters())!)).toMatchObject({ before: { output: i - 1 }, after: { output: i } });
  expect(found()).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  // No slot of theirs was ever written, so that the total need not name them.
  expect(found()).toEqual([[3, 3, []]]);
  spool.absorbInTurn(spool.openRequest(noLog, counters())!);
  expect(spool.totals.ofEpoch(1)).toMatchObject([{ version: 4, output: 4 }]);
  expect(found()).toEqual([[4, 4, []]]);
  // One whose slot is on the disk moves at once, with all that is held.
  const written = spool.openRequest(noLog, counters())!;
  spool.touch(written);
  await new Promise((resolve) => setImmediate(resolve));
  spool.absorbInTurn(spool.openRequest(noLog, counters())!);
  spool.absorbInTurn(written);
  expect(found()).toEqual([[6, 6, [written.ticket]]]);
});

test('whoever waits for a write that fails is not told', async () => {
  const files = new ForgetfulFiles();
  const failures: unknown[] = [];
  const spool = Spool.open(files.start(), { ...options, onFailure: (error) => failures.push(error) });
  files.failure = Object.assign(new Error('disk'), { code: 'EIO' });
  let isTold = false;
  spool.finishInTurn(spool.openRequest(admission, counters())!, 'ok', 1);
  spool.whenWritten(() => (isTold = true));
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  expect([isTold, failures]).toEqual([false, [files.failure]]);
});

test('a segment that does not fit on the disk fails the append that needs it, loudly', () => {
  const files = new ForgetfulFiles();
  const real = files.start();
  const failures: unknown[] = [];
  const full = Object.assign(new Error('disk'), { code: 'ENOSPC' });
  let isFull = false;
  const create: typeof real.create = (name, size) => {
    if (isFull) throw full;
    return real.create(name, size);
  };
  const limited = { ...real, create, prepare: async () => Promise.reject(full) };
  const spool = Spool.open(limited, { ...options, onFailure: (error) => failures.push(error) });
  isFull = true;
  const fill = () => {
    for (let i = 0; i <= 64; i++) spool.finish(spool.openRequest(admission, counters())!, 'ok', 1);
  };
  expect(fill).toThrow('disk');
  expect(failures).toEqual([full]);
});
