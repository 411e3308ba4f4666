/**
 * Goal: the books are true whatever is killed, and the harness would notice if they were not.
 * Method: the command itself: one run of random faults and two stories, which must end green, and a run for each rule taken away, which
 * must end red. The other stories are played by the breaks here, and on the sources as they are by scenarios.long.test.ts.
 */
import { expect, test } from '@jest/globals';
import { playChaos as chaos } from './play-chaos.ts';
import { allBreaks } from '../src/breaks/all-breaks.ts';

const runMsMax = 720_000;
const breakMsMax = 300_000;
const storyMsMax = 300_000;

test('100 kills and all other faults leave books in which nothing is lost, doubled or overspent', async () => {
  const { code, lastLine, told } = await chaos('--kills', '100', '--seed', '20261');
  // What was told explains a failure.
  expect(code === 0 ? '' : told).toBe('');
  expect(lastLine).toMatch(/ lost=0 doubled=0 overspent=0 .* every invariant holds$/);
}, runMsMax);

test.each(['deleted-mid-stream', 'forgetful-failover'])('the story %s ends green', async (name) => {
  const { code, lastLine, told } = await chaos('--scenario', name);
  expect(code === 0 ? '' : told).toBe('');
  expect(lastLine).toMatch(/ lost=0 doubled=0 overspent=0 .* every invariant holds$/);
}, storyMsMax);

test.each(allBreaks.map(({ name, sentence }) => [name, sentence]))('without %s a run ends red', async (name) => {
  const { code, lastLine, told } = await chaos('--break', name);
  expect(code === 1 ? '' : told).toBe('');
  expect(lastLine).toMatch(/ WRONG$/);
}, breakMsMax);
