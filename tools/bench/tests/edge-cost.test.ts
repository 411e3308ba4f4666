/** What a request costs, as a figure to follow from run to run. It is printed and never asserted: machines differ. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { BenchContext } from '../src/frame/bench.ts';
import { cpuMicrosecondsOf } from '../src/frame/process-usage.ts';
import { startBareNode } from '../src/edge/start-bare-node.ts';
import { startEdge } from '../src/edge/start-edge.ts';
import { startUpstream } from '../src/edge/start-upstream.ts';
import { modelIds } from '../src/edge/stand-in-answers.ts';
import { pidsOf, type Target } from '../src/edge/target.ts';

const connections = 16;
const requests = 4_000;
const folder = mkdtempSync(join(tmpdir(), 'tacet-cost-'));
const stops: (() => unknown)[] = [];
const context: BenchContext = { folder, cacheFolder: folder, wanted: undefined, profileFolder: undefined, tell: () => undefined, onStop: (stop) => void stops.push(stop) };

afterAll(async () => {
  for (const stop of stops.toReversed()) await stop();
  await rm(folder, { recursive: true });
}, 60_000);

/** Asks so often on kept connections; returns how often the answer was 200. */
async function ask({ port, path, headers }: Target, times: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const body = JSON.stringify({ model: modelIds[0], messages: [{ role: 'user', content: 'Why is the sky blue at noon and red in the evening?' }], max_tokens: 64 });
  const given = { 'content-type': 'application/json', 'content-length': body.length, ...(await headers()) };
  let left = times;
  let good = 0;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers: given, agent }, (response) => {
        if (response.statusCode === 200) good++;
        response.resume().on('end', resolve);
      });
      sent.on('error', reject).end(body);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await one();
    }),
  );
  agent.destroy();
  return good;
}

async function costOf(target: Target): Promise<number> {
  const before = cpuMicrosecondsOf(pidsOf(target));
  expect(await ask(target, requests)).toBe(requests);
  return (cpuMicrosecondsOf(pidsOf(target)) - before) / requests;
}

test('what a request costs the edge is told, beside the least that node:http does', async () => {
  const direct = await startUpstream(context);
  const bare = await startBareNode(context, direct.port);
  const { normal } = await startEdge(context, direct.port, 'embedded');
  for (const target of [bare, normal]) await costOf(target);
  const [least, edge] = [await costOf(bare), await costOf(normal)];
  process.stdout.write(`edge: ${edge.toFixed(0)} µs of CPU a request; bare Node: ${least.toFixed(0)} µs\n`);
  if (process.platform === 'linux') expect([edge > 0, least > 0]).toEqual([true, true]);
}, 120_000);
