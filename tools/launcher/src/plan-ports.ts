import { freePort } from '@tacet/servers';

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

/** Finds a port for each door: the usual one, or where that is taken the next free one that no other door wants. */
export async function planPorts(): Promise<Ports> {
  const given = new Set<number>(Object.values(wanted));
  const ports: Record<string, number> = {};
  for (const [door, port] of Object.entries(wanted)) {
    given.delete(port);
    ports[door] = await freePort(port, given);
    given.add(ports[door]);
  }
  return ports as Ports;
}
