/** The edge's bench runs from end to end, briefly and without rivals. What it measures is nobody's promise here. */
import { expect, test } from '@jest/globals';
import { createEdgeBench } from '../src/edge/bench.ts';
import { parseArguments } from '../src/frame/parse-arguments.ts';
import { runBench } from '../src/frame/run-bench.ts';

test('every measurement of the edge has figures for every case', async () => {
  const bench = createEdgeBench({ mode: 'embedded', rivals: false, streams: 20 });
  const { measured } = await runBench(bench, parseArguments(['edge', '--seconds', '1', '--rounds', '1']), process.env, () => undefined);
  expect(measured.map(({ measurement }) => measurement.name)).toEqual(['small', 'latency', 'streams', 'prompt', 'memory']);
  const medians = Object.fromEntries(measured.map(({ measurement, spreads }) => [measurement.name, spreads['tacet'] ?? {}]));
  expect(medians['small']?.['cpu']?.median).toBeGreaterThan(0);
  expect(medians['small']?.['failed']?.median).toBe(0);
  expect(medians['latency']?.['p50']?.median).toBeGreaterThan(0);
  expect(medians['streams']).toMatchObject({ broken: { median: 0 }, cpu: { median: expect.any(Number) } });
  expect(medians['prompt']?.['ms']?.median).toBeGreaterThan(0);
  expect(medians['memory']).toMatchObject({ broken: { median: 0 } });
}, 300_000);
