import { eventually } from '@tacet/testing';
import { plain } from '../customers.ts';
import { isBilledAt } from './is-billed-at.ts';
import { playStory, StoryEnd, type Story } from './play-story.ts';
import type { Scenario } from './scenario.ts';

const dearer = { inputPico: plain.inputPico * 3n + 1n, cachedPico: plain.cachedPico * 3n + 1n, outputPico: plain.outputPico * 3n + 1n };
const streams = 4;
/** Slow enough that it runs until after the change, and gets more slices of output by then. */
const longAnswer = { promptTokens: 300, cached: 100, tokens: 2_500, tokensPerSecond: 250 };
const shortAnswer = { promptTokens: 300, tokens: 10, tokensPerSecond: 0 };
const runningMs = 1_500;
const knownMsMax = 30_000;

/** The operator makes everything three times as dear in the middle of streams. */
export const repriced: Scenario = {
  name: 'repriced',
  sentence: 'A request is charged by the prices that it was admitted with.',
  run: (log) => playStory('repriced', log, {}, changeMidStream),
};

async function changeMidStream({ stage, purse, log, askFor, remember }: Story): Promise<void> {
  const { constellation, prices } = stage;
  const before = Array.from({ length: streams }, () => askFor({ demo: longAnswer, stream: true }));
  await new Promise((resolve) => setTimeout(resolve, runningMs));
  log.tell('prices become three times as dear while streams run');
  await prices.change(plain.id, dearer, (list) => constellation.applyModels(list));
  const dear = await eventually('the edge admits at the new price', async () => {
    const receipt = await askFor({ demo: shortAnswer, stream: true });
    remember(receipt);
    return (await isBilledAt(stage, purse, dearer)) ? receipt : undefined;
  }, knownMsMax);
  log.tell('the edge admits at the new price');
  const receipts = await Promise.all(before);
  for (const receipt of receipts) remember(receipt);
  const late = receipts.filter(({ endedAtMs, done }) => !done || endedAtMs <= dear.endedAtMs);
  if (late.length > 0) throw new StoryEnd(`${late.length} of ${streams} streams did not outlast the change`);
}
