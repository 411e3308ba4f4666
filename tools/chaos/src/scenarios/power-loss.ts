import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tacet/testing';
import { readBackOffice } from '../back-office.ts';
import { playStory, StoryEnd, type Story } from './play-story.ts';
import type { Scenario } from './scenario.ts';

const readyMsMax = 20_000;
/** Long enough for a batch to be gathered, sent and applied. */
const publishMs = 2_000;
const wholeAnswer = { promptTokens: 50, tokens: 20, tokensPerSecond: 0 };

/** The power goes while a sync is under way: what it was to make durable was never published, and what was is kept. */
export const powerLoss: Scenario = {
  name: 'power-loss',
  sentence: 'What billing has of an edge is on the disk of that edge.',
  run: async (log) => {
    const folder = mkdtempSync(join(tmpdir(), 'tacet-disk-'));
    const hold = join(folder, 'hold');
    const disk = new URL('./forgetful-disk.ts', import.meta.url);
    disk.searchParams.set('shadow', folder);
    disk.searchParams.set('hold', hold);
    try {
      return await playStory('power-loss', log, { settings: { edge: { NODE_OPTIONS: `--import=${disk.href}` } } }, (story) => losePower(story, folder, hold));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function losePower({ stage, targets, log, askFor, remember }: Story, folder: string, hold: string): Promise<void> {
  const [edge] = stage.constellation.edges;
  const target = targets.all.find(({ application }) => application === 'edge');
  if (!edge || !target) throw new Error('there is no edge');
  remember(await askFor({ demo: wholeAnswer, stream: true }));
  const appliedBefore = await eventually('its final is applied', async () => (await appliedOf(stage)) || undefined);

  log.tell('no sync comes to its end any more; a stream ends meanwhile');
  writeFileSync(hold, '');
  const unsynced = askFor({ demo: wholeAnswer, stream: true });
  // What must not happen cannot be waited for; where it does, this is over sooner.
  await eventually('something unsynced is applied', async () => (await appliedOf(stage)) > appliedBefore, publishMs).catch(() => undefined);

  log.tell('the power goes');
  target.isBusy = true;
  await target.process.kill();
  const { done, ...rest } = await unsynced;
  if (done) throw new StoryEnd('a client was told [DONE] before the final was on the disk');
  for (const name of readdirSync(edge.spoolFolder)) if (/^(outbox-\d|slots$)/.test(name)) copyFileSync(join(folder, name), join(edge.spoolFolder, name));
  rmSync(hold);
  // What it received was in the window of the power loss: it may be charged, and need not be.
  remember({ ...rest, done, pieces: 0 });

  log.tell('the edge is started again');
  await target.process.restart();
  await target.process.waitUntilReady(readyMsMax).catch((error: unknown) => {
    throw new StoryEnd(`the edge does not come back after a loss of power: ${error instanceof Error ? error.message : String(error)}`);
  });
  target.isBusy = false;
  remember(await askFor({ demo: wholeAnswer, stream: true }));
}

async function appliedOf({ constellation }: Story['stage']): Promise<bigint> {
  const { applied } = await readBackOffice(constellation.servers.databases.main.databaseAdminUrl);
  return [...applied.values()].reduce((sum, seq) => sum + seq, 0n);
}
