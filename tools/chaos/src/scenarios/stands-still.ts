import { sessionMs } from '../session-ms.ts';
import { playStory } from './play-story.ts';
import type { Scenario } from './scenario.ts';

const streams = 4;
const pauseMs = sessionMs * 1.6;
/** Before the edge stands still. */
const runningMs = 1_500;
/** Goes on for long after the edge has woken. */
const longAnswer = { promptTokens: 50, tokens: 800, tokensPerSecond: 50 };

/** An edge stands still for longer than its session, in the middle of streams; what it had to spend is others' when it wakes. */
export const standsStill: Scenario = {
  name: 'stands-still',
  sentence: 'An edge whose session is over forwards nothing more.',
  run: (log) =>
    playStory('stands-still', log, {}, async ({ targets, askFor, remember }) => {
      const edge = targets.all.find(({ application }) => application === 'edge');
      if (!edge) throw new Error('there is no edge');
      const running = Array.from({ length: streams }, () => askFor({ demo: longAnswer, stream: true }));
      await new Promise((resolve) => setTimeout(resolve, runningMs));
      log.tell(`the edge stands still for ${pauseMs} ms`);
      await targets.pause(edge, pauseMs, false);
      for (const receipt of await Promise.all(running)) remember(receipt);
    }),
};
