import { plain } from '../customers.ts';
import { playStory } from './play-story.ts';
import type { Scenario } from './scenario.ts';

const promptTokensMax = 900;
const outputTokensMax = 100;
const requestsMax = 60;
const atOnce = 6;

/** Counts whose price needs no rounding: there, a number that is off by one part in 10¹⁶ costs a whole nano-dollar more. */
export const wholeNanos: Scenario = {
  name: 'whole-nanos',
  sentence: 'A price that is a whole number of nano-dollars is charged as that number.',
  run: (log) =>
    playStory('whole-nanos', log, {}, async ({ askFor, remember }) => {
      const questions = wholeCounts().map((demo) => ({ demo, stream: false }));
      for (let at = 0; at < questions.length; at += atOnce) {
        for (const receipt of await Promise.all(questions.slice(at, at + atOnce).map(askFor))) remember(receipt);
      }
    }),
};

function wholeCounts(): { promptTokens: number; cached: number; tokens: number; tokensPerSecond: number }[] {
  const { inputPico, cachedPico, outputPico } = plain;
  const found: { promptTokens: number; cached: number; tokens: number; tokensPerSecond: number }[] = [];
  for (let tokens = 2; tokens <= outputTokensMax; tokens++) {
    for (let promptTokens = 1; promptTokens <= promptTokensMax; promptTokens++) {
      const cached = promptTokens % 7;
      const pico = BigInt(promptTokens - cached) * inputPico + BigInt(cached) * cachedPico + BigInt(tokens) * outputPico;
      if (pico % 1000n === 0n && cached <= promptTokens) found.push({ promptTokens, cached, tokens, tokensPerSecond: 0 });
    }
  }
  return found.slice(0, requestsMax);
}
