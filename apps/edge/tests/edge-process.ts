import { readFileSync } from 'node:fs';
import type { Constellation } from '@tacet/constellation';

/** What the first edge tells of itself: a page of metrics. */
export async function metricsOf({ edges }: Constellation): Promise<string> {
  return (await fetch(`${edges[0]!.process.metricsUrl}/metrics`)).text();
}

/** One of them, by its name without `tacet_edge_`, labels in braces after it; NaN where there is none. */
export async function metricOf(constellation: Constellation, name: string): Promise<number> {
  const line = (await metricsOf(constellation)).split('\n').find((one) => one.startsWith(`tacet_edge_${name} `));
  return Number(line?.split(' ')[1]);
}

/** Memory that the first edge holds. */
export function residentBytesOf({ edges }: Constellation): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${edges[0]!.process.pid}/status`, 'utf8'))?.[1]) * 1024;
}
