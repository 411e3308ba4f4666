import { playStory } from './play-story.ts';
import type { Scenario } from './scenario.ts';

const streams = 6;

/** vLLM tells only with the final usage which prompt tokens were cached; the records before it have them at the full price. */
export const cachedAtTheEnd: Scenario = {
  name: 'cached-at-the-end',
  sentence: 'A request is charged by its last record alone.',
  run: (log) =>
    playStory('cached-at-the-end', log, {}, async ({ askFor, remember }) => {
      // Long enough for records to be applied before the final is written.
      const demo = { promptTokens: 900, cached: 600, tokens: 300, tokensPerSecond: 150 };
      const receipts = await Promise.all(Array.from({ length: streams }, () => askFor({ demo, stream: true })));
      for (const receipt of receipts) remember(receipt);
    }),
};
