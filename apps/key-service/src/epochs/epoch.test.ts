import { expect, test } from '@jest/globals';
import { TacetError } from '@tacet/errors';
import fc from 'fast-check';
import { epochEndMs, epochIsPast, epochMs, epochOf, epochsAliveMax, sealingEpoch } from './epoch.ts';

const dayMs = 86_400_000;
const now = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 });

function accepted(expiresAtMs: number, nowMs: number): number | undefined {
  try {
    return sealingEpoch(expiresAtMs, nowMs);
  } catch (error) {
    if (error instanceof TacetError && error.code === 'epoch_past') return undefined;
    throw error;
  }
}

test('whatever lives at most 24 h is accepted, into an epoch that ends at most 5 minutes after it', () => {
  fc.assert(
    fc.property(now, fc.integer({ min: 1, max: dayMs }), (nowMs, aheadMs) => {
      const epoch = sealingEpoch(nowMs + aheadMs, nowMs);
      const end = epochEndMs(epoch);
      expect(end).toBeGreaterThan(nowMs + aheadMs);
      expect(end).toBeLessThanOrEqual(nowMs + aheadMs + epochMs);
      expect(epochIsPast(epoch, nowMs + aheadMs)).toBe(false);
      expect(epochIsPast(epoch, end)).toBe(true);
    }),
  );
});

test('what has expired, and what would outlive 24 h and 5 minutes, is not', () => {
  fc.assert(
    fc.property(now, fc.integer({ min: 0, max: 10 * dayMs }), (nowMs, ms) => {
      expect(accepted(nowMs - ms, nowMs)).toBeUndefined();
      expect(accepted(nowMs + dayMs + epochMs + ms, nowMs)).toBeUndefined();
    }),
  );
});

test('at no time can more than 289 secrets be alive', () => {
  expect(epochsAliveMax).toBe(289);
  fc.assert(
    fc.property(now, (nowMs) => {
      const possible = new Set<number>();
      for (let epoch = epochOf(nowMs) - 2; epoch <= epochOf(nowMs) + 295; epoch++) {
        for (const expiresAtMs of [epoch * epochMs, epoch * epochMs + 1, epochEndMs(epoch) - 1]) {
          const into = accepted(expiresAtMs, nowMs);
          if (into !== undefined) possible.add(into);
        }
      }
      expect(possible.size).toBeLessThanOrEqual(289);
      expect(possible.size).toBeGreaterThanOrEqual(288);
    }),
    { numRuns: 50 },
  );
});
