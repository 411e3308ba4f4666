import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaIsReachable, redisAnswers } from './probes.ts';
import { startConstellation, type Constellation } from '../src/index.ts';

const withoutProcesses = { edges: 0, accounts: 0, billings: 0, keyServices: 0, pruners: 0, worker: { workersYaml: 'pools: []\n' } };
let constellation: Constellation;

beforeAll(async () => {
  constellation = await startConstellation({ mode: 'cluster', ...withoutProcesses });
}, 120_000);

afterAll(() => constellation.stop());

test('a cluster has a Kafka and a Redis that answer', async () => {
  expect(await kafkaIsReachable(constellation.addresses.kafkaBrokers ?? '')).toBe(true);
  expect(await redisAnswers(constellation.servers.redis?.url ?? '')).toBe(true);
});

test('a constellation whose process cannot start says why, and leaves nothing running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-failing-'));
  const failing = startConstellation({ mode: 'embedded', ...withoutProcesses, billings: 1, folder, ownServers: true, settings: { billing: { TACET_NO_SUCH_VARIABLE: 'x' } } });
  await expect(failing).rejects.toThrow(/billing ended with code/);
  expect(commandsThatName(folder)).toEqual([]);
}, 60_000);

/** Running processes whose command line names the folder. */
function commandsThatName(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').filter((line) => line.includes(folder));
}
