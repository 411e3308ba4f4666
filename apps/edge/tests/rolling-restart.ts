/**
 * A rolling restart under streams, as an orchestrator does it: each process is asked to end when the one before it is ready
 * again. Behind the edges stands a balancer that only knows what `/ready` says. No stream may be cut, no request refused, and
 * everything is billed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Constellation, EdgeHandle } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { chat, finalsOf, untilNothingIsHeld } from './chat-client.ts';

export interface RollingLoad {
  /** Clients, each of which has a stream open all the time. */
  readonly clients: number;
  readonly tokensPerStream: number;
  readonly tokensPerSecond: number;
  readonly creditUsd: string;
  /** How long a process may take to end after it was asked to. */
  readonly endMs: number;
}

/** How often the balancer asks each edge whether it wants traffic; it believes the last answer. */
const askMs = 100;

/** Whether an edge wants traffic. */
export async function isReady({ process }: EdgeHandle): Promise<boolean> {
  return fetch(`${process.metricsUrl}/ready`).then(({ status }) => status === 200, () => false);
}

/** Restarts every edge under load, one after the other. */
export async function restartUnderLoad(constellation: Constellation, { clients, tokensPerStream, tokensPerSecond, creditUsd, endMs }: RollingLoad): Promise<void> {
  const { edges } = constellation;
  const account = await constellation.createAccount({ creditUsd });
  const wanting = new Set(edges);
  const over = new AbortController();
  const balancer = (async () => {
    while (!over.signal.aborted) {
      for (const edge of edges) {
        if (await isReady(edge)) wanting.add(edge);
        else wanting.delete(edge);
      }
      await sleep(askMs);
    }
  })();
  const failures: string[] = [];
  const open = new Map<EdgeHandle, number>(edges.map((edge) => [edge, 0]));
  const count = (edge: EdgeHandle, change: number) => open.set(edge, (open.get(edge) ?? 0) + change);
  let ended = 0;
  const load = Array.from({ length: clients }, async (_, i) => {
    while (!over.signal.aborted) {
      const willing = [...wanting];
      const edge = willing[(i + ended) % willing.length];
      if (!edge) {
        failures.push('no edge wanted traffic');
        return;
      }
      count(edge, 1);
      const asked = chat(edge.url, account.apiKey, { stream: true, max_tokens: tokensPerStream, demo: { tokens: tokensPerStream, tokensPerSecond } });
      const text = await asked.then((response) => response.text()).catch(String);
      count(edge, -1);
      if (!text.includes('[DONE]')) failures.push(text.slice(-300));
      ended++;
    }
  });
  for (const edge of edges) {
    await eventually('it has its share of the streams', () => (open.get(edge) ?? 0) >= clients / edges.length / 2, endMs);
    const running = open.get(edge);
    edge.process.signal('SIGTERM');
    await eventually('it is not ready, and still runs what it ran', async () => edge.process.running && !(await isReady(edge)));
    expect(running).toBeGreaterThan(0);
    const timer = new AbortController();
    const ending = await Promise.race([edge.process.ended, sleep(endMs, undefined, { signal: timer.signal })]);
    timer.abort();
    expect(ending).toMatchObject({ code: 0 });
    await edge.process.restart();
    await edge.process.waitUntilReady();
  }
  over.abort();
  await Promise.all([balancer, ...load]);
  expect(failures).toEqual([]);
  const rows = await finalsOf(constellation, account.accountIdBytes, ended);
  expect(rows).toHaveLength(ended);
  expect(rows.filter(({ status, outputTokens }) => status !== 'ok' || outputTokens !== String(tokensPerStream))).toEqual([]);
  await untilNothingIsHeld(constellation, account.accountIdBytes);
}
