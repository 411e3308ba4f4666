import { expect, test } from '@jest/globals';
import { readArguments } from './read-arguments.ts';

test.each([
  [['loop'], { kind: 'loop' }],
  [['sweep'], { kind: 'sweep', nowMs: undefined }],
  [['sweep', '--now', '2030-01-02T03:04:05Z'], { kind: 'sweep', nowMs: Date.UTC(2030, 0, 2, 3, 4, 5) }],
  [['sweep', '--now=2030-01-02T03:04:05.678+02:00'], { kind: 'sweep', nowMs: Date.UTC(2030, 0, 2, 1, 4, 5, 678) }],
  [['--now', '2030-01-02T03:04Z', 'sweep'], { kind: 'sweep', nowMs: Date.UTC(2030, 0, 2, 3, 4) }],
])('%j is understood', (args, task) => {
  expect(readArguments(args)).toEqual(task);
});

test.each([
  [[]],
  [['prune']],
  [['sweep', 'loop']],
  [['sweep', '--force']],
  [['loop', '--now', '2030-01-02T03:04:05Z']],
  [['sweep', '--now']],
  [['sweep', '--now', 'tomorrow']],
  [['sweep', '--now', '2030-13-02T03:04:05Z']],
  // Without an offset it would be the time of some place.
  [['sweep', '--now', '2030-01-02T03:04:05']],
  [['sweep', '--now', '2030-01-02']],
])('%j is not', (args) => {
  expect(readArguments(args)).toBeUndefined();
});
