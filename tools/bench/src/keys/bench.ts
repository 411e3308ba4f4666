import { join } from 'node:path';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { defineBench, type BenchContext } from '../frame/bench.ts';
import { measureBatches, measureSingles } from './measure-calls.ts';
import { measureRecords } from './measure-records.ts';
import { measureRewrap } from './measure-rewrap.ts';
import { startEcho } from './start-echo.ts';

/** DEKs that one round of the rewrapping moves; `rewrap-large` has the million of the bar and is made when it is named. */
const deks = { small: 100_000, large: 1_000_000 };

/** key-service and the record format beside what they are made of: a bare AEAD, and a server that echoes. */
export const keysBench = defineBench({
  name: 'keys',
  prepare: async (context) => {
    const { wanted } = context;
    const wants = (...names: string[]) => wanted === undefined || names.some((name) => wanted.has(name));
    const constellation = wants('batches', 'singles', 'rewrap', 'rewrap-large') ? await startKeyService(context) : undefined;
    const echo = constellation && wants('batches') ? await startEcho(context, constellation.paths) : undefined;
    return [
      ...measureRecords(),
      measureBatches(constellation, echo),
      measureSingles(constellation),
      measureRewrap('rewrap', constellation, deks.small, wants('rewrap')),
      ...(wanted?.has('rewrap-large') ? [measureRewrap('rewrap-large', constellation, deks.large, true)] : []),
    ];
  },
});

async function startKeyService({ folder, tell, onStop }: BenchContext): Promise<Constellation> {
  const at = join(folder, 'deployment');
  const constellation = await startConstellation({
    mode: 'embedded', edges: 0, accounts: 0, billings: 0, pruners: 0, worker: [], models: [], ownServers: true, folder: at, tell,
  });
  onStop(() => constellation.stop());
  return constellation;
}
