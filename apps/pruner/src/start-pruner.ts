import { setTimeout as sleep } from 'node:timers/promises';
import { openPool } from '@tacet/database';
import { createRpcClient, openTlsFolder } from '@tacet/rpc';
import { measureCertificate, readSecretFile, type Reporting, type Running } from '@tacet/service';
import type { PrunerConfig } from './config.ts';
import { createEvents } from './events.ts';
import { connectionsMax, statementMs } from './limits.ts';
import { createMetrics } from './metrics.ts';
import { Sweeper } from './sweeper.ts';

/** Starts the one sweep, or the loop of them, that the process was started for. */
export async function startPruner(config: PrunerConfig, { log, registry }: Reporting): Promise<Running> {
  const { task, keysAddress, intervalMs } = config;
  const tls = openTlsFolder(config.tlsFolder);
  measureCertificate(registry, tls);
  const url = readSecretFile('TACET_POSTGRES_URL_FILE', config.postgresUrlFile);
  const pool = await openPool({ url, applicationName: 'tacet pruner', connectionsMax, statementMs });
  const keys = createRpcClient('KeyService', { address: keysAddress, tls, server: 'key-service' });
  const sweeper = new Sweeper({ pool, keys, events: createEvents(log), metrics: createMetrics(registry) });
  const stopping = new AbortController();
  const { signal } = stopping;
  const finished = task.kind === 'sweep' ? sweepOnce(sweeper, task.nowMs ?? Date.now(), signal) : sweepAgainAndAgain(sweeper, intervalMs, signal);
  return {
    finished,
    stop: async () => {
      stopping.abort();
      await finished;
      keys.close();
      await pool.end();
    },
  };
}

/** Throws when a part of the sweep failed, which becomes the exit code. */
async function sweepOnce(sweeper: Sweeper, nowMs: number, signal: AbortSignal): Promise<void> {
  if (!(await sweeper.sweep(nowMs, signal))) throw new Error('a part of the sweep failed');
}

async function sweepAgainAndAgain(sweeper: Sweeper, intervalMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const next = performance.now() + intervalMs;
    await sweeper.sweep(Date.now(), signal);
    await sleep(Math.max(0, next - performance.now()), undefined, { signal }).catch(() => undefined);
  }
}
