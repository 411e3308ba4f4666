import { afterAll, beforeAll, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { restartUnderLoad } from './rolling-restart.ts';

let constellation: Constellation;

beforeAll(async () => {
  // As deployments have it: 15 s in which requests are still taken, and up to 15 minutes for what runs.
  constellation = await startConstellation({ mode: 'embedded', edges: 2, sessionMs: 60_000, settings: { edge: { TACET_EDGE_DRAIN_LAME_DUCK_MS: '15000', TACET_EDGE_DRAIN_MS_MAX: '900000' } } });
}, 120_000);
afterAll(() => constellation.stop());

test('a rolling restart under two hundred two-minute streams cuts none and refuses no request; readiness goes first', async () => {
  await restartUnderLoad(constellation, { clients: 200, tokensPerStream: 1_200, tokensPerSecond: 10, creditUsd: '50', endMs: 300_000 });
}, 1_500_000);
