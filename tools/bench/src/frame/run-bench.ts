import { mkdtempSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { cpus, homedir, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Bench } from './bench.ts';
import { measure, type Measured } from './measure.ts';
import type { BenchArguments } from './parse-arguments.ts';
import type { Circumstances } from './report.ts';

/** Sets a bench up, makes the wanted measurements and takes everything down again, whatever happens. Throws what the bench throws. */
export async function runBench(bench: Bench, options: BenchArguments, environment: Readonly<Record<string, string | undefined>>, tell: (line: string) => void): Promise<{ circumstances: Circumstances; measured: readonly Measured[] }> {
  const circumstances = circumstancesOf(bench.name, options.seconds);
  await using cleanup = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), `tacet-bench-${bench.name}-`));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const cacheFolder = join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tacet', 'bench');
  await mkdir(cacheFolder, { recursive: true });
  const wanted = options.measurements.length === 0 ? undefined : new Set(options.measurements);
  const measurements = await bench.prepare({ folder, cacheFolder, wanted, profileFolder: options.profile && resolve(options.profile), tell, onStop: (stop) => cleanup.defer(async () => void (await stop())) });
  const unknown = options.measurements.filter((name) => !measurements.some((measurement) => measurement.name === name));
  if (unknown.length > 0) throw new Error(`no such measurement: ${unknown.join(', ')}; there are: ${measurements.map(({ name }) => name).join(', ')}`);
  const measured: Measured[] = [];
  for (const measurement of measurements) if (wanted?.has(measurement.name) ?? true) measured.push(await measure(measurement, options.seconds, options.rounds, tell));
  return { circumstances, measured };
}

function circumstancesOf(bench: string, seconds: number): Circumstances {
  const [processor] = cpus();
  return { bench, time: new Date().toISOString(), cpu: processor?.model.trim() ?? 'unknown', cores: cpus().length, node: process.versions.node, load: loadavg()[0] ?? 0, seconds };
}
