/**
 * Goal: every story that shows a broken rule ends green where none is broken.
 * Method: the command itself, on the sources as they are.
 */
import { expect, test } from '@jest/globals';
import { scenarios } from '../src/scenarios/scenarios.ts';
import { playChaos } from './play-chaos.ts';

const storyMsMax = 300_000;

test.each(Object.values(scenarios).map(({ name, sentence }) => [name, sentence]))('the story %s ends green: %s', async (name) => {
  const { code, lastLine, told } = await playChaos('--scenario', name);
  expect(code === 0 ? '' : told).toBe('');
  expect(lastLine).toMatch(/ every invariant holds$/);
}, storyMsMax);
