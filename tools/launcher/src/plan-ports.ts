import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tacet/servers';
import { takeLock } from './file-lock.ts';

/** The ports that are taken when they are free. The first two are those that people type. */
const wanted = {
  edge: 8080,
  account: 8081,
  edgeInternal: 8444,
  accountRpc: 8445,
  keyServiceRpc: 8446,
  billingRpc: 8447,
  edgeMetrics: 9090,
  accountMetrics: 9091,
  keyServiceMetrics: 9092,
  billingMetrics: 9093,
  prunerMetrics: 9094,
  worker: 8090,
  postgresMain: 15_432,
  postgresKeystore: 15_433,
} as const;

export type Ports = { readonly [P in keyof typeof wanted]: number };

/** Ports that belong to this launcher. */
export interface PlannedPorts {
  readonly ports: Ports;
  /** Lets other launchers have them. */
  release(): Promise<void>;
}

/**
 * Finds a port for each door: the usual one, or where that is taken the next free one that no other door wants. Each is
 * reserved, so that of two launchers that start at once none takes what the other has planned and not opened yet.
 */
export async function planPorts(): Promise<PlannedPorts> {
  // In a folder of this user's own: what stands in a shared one could be a link to somewhere else.
  const folder = join(homedir(), '.cache', 'tacet', 'ports');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const given = new Set<number>(Object.values(wanted));
  const ports: Record<string, number> = {};
  for (const [door, port] of Object.entries(wanted)) {
    given.delete(port);
    ports[door] = await reserve(folder, port, given);
    given.add(ports[door]);
  }
  const release = async () => {
    for (const port of Object.values(ports)) await rm(join(folder, String(port)), { force: true });
  };
  return { ports: ports as Ports, release };
}

async function reserve(folder: string, port: number, given: Set<number>): Promise<number> {
  for (;;) {
    const free = await freePort(port, given);
    if ((await takeLock(join(folder, String(free)))) === undefined) return free;
    given.add(free);
  }
}
