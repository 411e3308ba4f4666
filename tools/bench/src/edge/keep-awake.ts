import { availableParallelism } from 'node:os';
import { startKeptProcess } from '@tacet/servers';
import type { BenchContext } from '../frame/bench.ts';
import { cores, pin } from './pin.ts';

const stopMs = 2_000;

/**
 * Keeps the core of everything but the proxy from going to sleep, with a process that runs only when nothing else wants to
 * (`SCHED_IDLE`). Where the machine is virtual, waking a core that sleeps costs the process that wakes it several microseconds
 * for each write; a fast proxy keeps the core busy and pays none of it, so that slower ones would look slower than they are.
 */
export async function keepAwake({ onStop, tell }: BenchContext): Promise<void> {
  if (availableParallelism() < 2) return;
  try {
    const spinner = await startKeptProcess({ name: 'spinner', command: 'chrt', arguments: ['--idle', '0', process.execPath, '--eval', 'for(;;);'], environment: { PATH: process.env['PATH'] ?? '' }, stopMs });
    onStop(() => spinner.stop());
    await pin(spinner.pid, cores.rest);
  } catch {
    tell('no chrt: waking the other core costs slower proxies more');
  }
}
