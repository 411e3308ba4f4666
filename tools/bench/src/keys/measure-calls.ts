import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Constellation } from '@tacet/constellation';
import { createRpcClient, readTlsFolder, type RpcClient } from '@tacet/rpc';
import type { Figures, Measurement } from '../frame/bench.ts';

/** Calls of 100 records under way at once. */
const inFlight = 8;
const recordsPerCall = 100;
const plaintextBytes = 1_024;
const singlesPerSecond = 300;
const batchedRecordsPerSecond = 10_000;
/** Of a call; far above what is measured. */
const deadlineMs = 60_000;

type Seals = RpcClient<'SealService'>;

const openClient = (constellation: Constellation, address: string): Seals =>
  createRpcClient('SealService', { address, tls: readTlsFolder(constellation.paths.certificates('account')), server: 'key-service' });

function recordsOf(count: number) {
  const record = () => ({ context: { conversationId: randomBytes(16), messageId: randomBytes(16), field: 1, schema: 1 }, plaintext: randomBytes(plaintextBytes) });
  return Array.from({ length: count }, record);
}

async function openAccount(constellation: Constellation): Promise<{ accountId: Buffer; seals: Seals }> {
  const [service] = constellation.keyServices;
  if (!service) throw new Error('there is no key-service');
  const tls = readTlsFolder(constellation.paths.certificates('account'));
  const keys = createRpcClient('KeyService', { address: service.address, tls, server: 'key-service' });
  const accountId = randomBytes(16);
  await keys.CreateDek({ accountId });
  keys.close();
  return { accountId, seals: openClient(constellation, service.address) };
}

/** Seal × 100 over gRPC with mutual TLS beside an rpc that echoes the same messages. */
export function measureBatches(constellation: Constellation | undefined, echoAddress: string | undefined): Measurement {
  const load = (open: () => Promise<{ accountId: Buffer; seals: Seals }>) => {
    let opened: ReturnType<typeof open> | undefined;
    return async (seconds: number): Promise<Figures> => sealBatches(await (opened ??= open()), seconds);
  };
  const bare = async () => ({ accountId: randomBytes(16), seals: openClient(need(constellation), need(echoAddress)) });
  return {
    name: 'batches',
    title: `Seal × ${recordsPerCall} of ${plaintextBytes} bytes over gRPC with mutual TLS, ${inFlight} calls under way`,
    columns: { rate: { unit: 'records/s', ratio: true } },
    baseline: 'echo',
    cases: [
      { name: 'echo', run: load(bare) },
      { name: 'Seal', run: load(() => openAccount(need(constellation))) },
    ],
    bars: [{ name: 'Seal, of an echo', unit: '×', digits: 2, atLeast: 0.3, value: (median) => median('Seal', 'rate') / median('echo', 'rate') }],
  };
}

async function sealBatches({ accountId, seals }: { accountId: Buffer; seals: Seals }, seconds: number): Promise<Figures> {
  const records = recordsOf(recordsPerCall);
  const start = performance.now();
  const end = start + seconds * 1_000;
  let calls = 0;
  const caller = async () => {
    for (; performance.now() < end; calls++) await seals.Seal({ accountId, records }, { deadlineMs });
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return { rate: (calls * recordsPerCall * 1_000) / (performance.now() - start) };
}

/** Single messages at a steady rate, alone and beside batches. */
export function measureSingles(constellation: Constellation | undefined): Measurement {
  let opened: ReturnType<typeof openAccount> | undefined;
  const open = () => (opened ??= openAccount(need(constellation)));
  return {
    name: 'singles',
    title: `Seal of one record at ${singlesPerSecond}/s, alone and beside ${batchedRecordsPerSecond.toLocaleString('en')} records/s in batches`,
    columns: { p50: { unit: 'p50 ms', digits: 2 }, p99: { unit: 'p99 ms', digits: 2 } },
    cases: [
      { name: 'alone', run: async (seconds) => sealSingles(await open(), seconds) },
      { name: 'beside batches', run: async (seconds) => besideBatches(await open(), seconds) },
    ],
    bars: [
      { name: 'alone', unit: 'p99 ms', digits: 2, atMost: 2, value: (median) => median('alone', 'p99') },
      { name: 'beside batches', unit: 'p99 ms', digits: 2, atMost: 10, value: (median) => median('beside batches', 'p99') },
    ],
  };
}

async function besideBatches(account: { accountId: Buffer; seals: Seals }, seconds: number): Promise<Figures> {
  const load = { goesOn: true };
  const records = recordsOf(recordsPerCall);
  const batches = async () => {
    const calls = new Set<Promise<unknown>>();
    for (let due = performance.now(); load.goesOn; due += (recordsPerCall * 1_000) / batchedRecordsPerSecond) {
      await sleep(Math.max(0, due - performance.now()));
      // A machine that cannot keep up is measured at what it does, not at a queue that grows.
      if (calls.size >= inFlight) continue;
      const call = account.seals.Seal({ accountId: account.accountId, records }, { deadlineMs }).finally(() => calls.delete(call));
      calls.add(call);
    }
    await Promise.all(calls);
  };
  const running = batches();
  const figures = await sealSingles(account, seconds);
  load.goesOn = false;
  await running;
  return figures;
}

async function sealSingles({ accountId, seals }: { accountId: Buffer; seals: Seals }, seconds: number): Promise<Figures> {
  const records = recordsOf(1);
  const times: number[] = [];
  const calls: Promise<unknown>[] = [];
  const end = performance.now() + seconds * 1_000;
  for (let due = performance.now(); due < end; due += 1_000 / singlesPerSecond) {
    await sleep(Math.max(0, due - performance.now()));
    const start = performance.now();
    calls.push(seals.Seal({ accountId, records }, { deadlineMs }).then(() => times.push(performance.now() - start)));
  }
  await Promise.all(calls);
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length * 0.5)] ?? Number.NaN, p99: times[Math.floor(times.length * 0.99)] ?? Number.NaN };
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it was not started');
  return value;
}
