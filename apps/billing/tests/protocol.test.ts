/**
 * Goal: the lease, session and no-log rules hold against edges under every fault the protocol must survive. Method: several
 * edges, their network, Kafka and clocks are modelled; billing is the real one on a real database. Calls and answers are lost,
 * doubled, delayed and reordered; edges are killed between any two writes, paused, frozen, cut off or lose their disk; Postgres
 * forgets its last commits; Kafka stalls, repeats, comes back empty. After every change the books are looked at, at the end
 * everything must be explained. PROTOCOL_RUNS and PROTOCOL_SEED choose worlds; PROTOCOL_WITHOUT takes a rule
 * of the edge away, BREAK_RULE one of billing (support/broken-rules.ts): then a violation must be found.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { breakRule, brokenRules } from './support/broken-rules.ts';
import { prices } from './protocol/edge-model.ts';
import { checkBooks, checkDelivered, checkRest } from './protocol/checks.ts';
import { RealBilling } from './protocol/real-billing.ts';
import type { EdgeRule } from './protocol/edge-life.ts';
import { World } from './protocol/world.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';
import { seededRandom } from './support/seeded-random.ts';

const runs = Number(process.env['PROTOCOL_RUNS'] ?? 12);
const firstSeed = Number(process.env['PROTOCOL_SEED'] ?? 1);
const without = new Set((process.env['PROTOCOL_WITHOUT'] ?? '').split(',').filter(Boolean) as EdgeRule[]);

let billing: OpenBilling;

beforeAll(async () => {
  billing = await openBilling();
  for (const [version, { inputPico, cachedPico, outputPico }] of prices)
    await billing.owner.query("INSERT INTO billing.price VALUES ($1, 'model', $2, $3, $4)", [version, inputPico, cachedPico, outputPico]);
});

afterAll(() => billing.close());

test('every rule that can be taken away is a part of a function as it is', async () => {
  const { rows } = await billing.owner.query<{ name: string; text: string }>(
    "SELECT proname AS name, pg_get_functiondef(oid) AS text FROM pg_proc WHERE pronamespace = 'billing'::regnamespace AND prokind = 'f'",
  );
  for (const rule of Object.values(brokenRules)) expect(rows.find(({ name }) => name === rule.function)?.text).toContain(rule.from);
});

test(`in ${runs} worlds of faults nobody spends what they do not have, and every nano-dollar is explained`, async () => {
  await breakRule(billing.owner);
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    const random = seededRandom(seed);
    const world = new World(new RealBilling(billing), random, without);
    world.onChange = () => checkBooks(world);
    world.onStep = async () => checkDelivered(world);
    try {
      await world.open();
      await world.run(15 + Math.floor(random() * 130));
      await checkRest(world);
    } catch (error) {
      throw new Error(`world ${seed}: ${(error as Error).message}\n${world.trace.slice(-60).join('\n')}`, { cause: error });
    }
  }
}, 3_600_000);
