/**
 * Goal: the set-based, locking SQL of billing does exactly what its readable twin does one thing at a time. Method: random
 * sequences of everything that edges and operators can send (records out of order, twice, beyond gaps, in any batches;
 * leases of old, present and future epochs; totals; releases), with both books compared after every step, and the
 * invariants at the end. PROPERTY_RUNS and PROPERTY_SEED choose how many and which; BREAK_RULE takes a rule away.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkInvariant, wholeScope } from '../src/invariants/invariant.ts';
import { invariants } from '../src/invariants/invariants.ts';
import { breakRule } from './support/broken-rules.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';
import { propertyOptions } from './support/property-options.ts';
import { stepNames, TwinWorld, worldPrices, type Step } from './twin/twin-world.ts';

let billing: OpenBilling;

beforeAll(async () => {
  billing = await openBilling();
  for (const [version, { inputPico, cachedPico, outputPico }] of worldPrices)
    await billing.owner.query("INSERT INTO billing.price VALUES ($1, 'model', $2, $3, $4)", [version, inputPico, cachedPico, outputPico]);
});

afterAll(() => billing.close());

const number = fc.nat(10_000);
const weighted = [
  ...stepNames,
  ...Array.from({ length: 6 }, () => 'emit' as const),
  ...Array.from({ length: 4 }, () => 'deliver' as const),
  'total',
  'total',
  'lease',
  'lease',
  'grant',
  'grant',
  'grant',
  'grant',
] as const;
const step: fc.Arbitrary<Step> = fc.record({ op: fc.constantFrom(...weighted), a: number, b: number, c: number, d: number, e: number });

test('billing and its twin have the same books after every step of any history', async () => {
  await breakRule(billing.owner);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80, size: 'max' }), async (steps) => {
      const world = new TwinWorld(billing);
      await world.open();
      for (const one of steps) {
        await world.take(one);
        await world.compare();
      }
    }),
    propertyOptions(40),
  );
  // Edges begin epochs here and nobody comes to sweep: that holds end is not to be seen in the middle of it.
  for (const invariant of invariants.filter(({ kind }) => kind !== 'hold_stays'))
    expect({ number: invariant.number, ...(await checkInvariant(billing.pool, invariant, wholeScope)) }).toMatchObject({
      violations: 0n,
      examples: [],
    });
}, 600_000);
