import { expect, test } from '@jest/globals';
import { Reporter } from './reporter.ts';

function capture(interactive: boolean) {
  let text = '';
  const terminal = { write: (part: string) => { text += part; }, interactive, colours: false };
  return { reporter: new Reporter(terminal), read: () => text };
}

test('a step is one line with its time and what it came to', async () => {
  const { reporter, read } = capture(false);
  await reporter.step('databases', Promise.resolve({ told: 'two PostgreSQL' }));
  expect(read()).toMatch(/^ {2}✓ databases {9}0\.0 s {3}two PostgreSQL\n$/);
});

test('in a terminal the step is shown while it is under way, and a line between leaves it there', async () => {
  const { reporter, read } = capture(true);
  const { promise, resolve } = Promise.withResolvers<{ told: string }>();
  const step = reporter.step('worker', promise);
  reporter.line('fetching');
  resolve({ told: 'done' });
  await step;
  const overwritten = '\r\u001b[K';
  expect(read().split(overwritten)).toEqual(['  · worker', 'fetching\n  · worker', expect.stringMatching(/^ {2}✓ worker .* done\n$/)]);
});

test('a step that fails is marked, and its error goes on', async () => {
  const { reporter, read } = capture(false);
  await expect(reporter.step('worker', Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(read()).toBe('  ✗ worker\n');
});
