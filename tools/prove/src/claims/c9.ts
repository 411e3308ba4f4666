import { setTimeout as sleep } from 'node:timers/promises';
import { CanarySet } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { everySink } from '../sinks.ts';
import { makeKeyRing, sayOnEveryPath } from '../talk.ts';
import { within } from '../within.ts';

/** Types in which no sentence fits. */
const typesWithoutText = ['bigint', 'integer', 'smallint', 'boolean', 'uuid', 'date', 'numeric'];
/** Tables that usage comes into. */
const usageTables = ['usage_request', 'usage_period', 'nolog_total', 'deleted_usage', 'edge_progress', 'spend_lease', 'key_spend', 'kafka_offset'];
/** Names of the topic and of the Kafka cluster: the operator's own. */
const namesOfStores = ['kafka_offset.topic', 'kafka_offset.cluster_id'];

/** Longer than what was counted takes to come to the ledger. */
const quietMs = 1_500;

/** Usage. */
export const c9: Claim = {
  id: 'C9',
  sentence: 'Usage never contains prompts or answers: it is numbers, ids and words of a closed list, and there is no column that could hold a sentence.',
  sinks: everySink,
  mutation: {
    what: 'an edge that uses the first bytes of a message for the id of its request',
    processes: ['edge'],
    patches: [
      { file: 'apps/edge/src/read-request.ts', from: 'return understand(body, endpoint, caller, options);', to: 'Object.assign(globalThis, { leak: body.bytes });\n    return understand(body, endpoint, caller, options);' },
      {
        file: 'apps/edge/src/request-id.ts',
        from: 'return { bytes, text: textOf(bytes) };',
        to: "const text = textOf(bytes);\n  const leak: Buffer = Reflect.get(globalThis, 'leak') ?? bytes;\n  leak.copy(bytes, 0, leak.indexOf('\"content\":\"') + 11);\n  return { bytes, text };",
      },
    ],
  },
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const person = await Person.create(world.constellation);
    const { account } = person;
    const answers = await sayOnEveryPath(world, await makeKeyRing(person, false), canaries);
    require(answers.get('stream')?.body.includes(canaries.mark) === true, 'the worker does not repeat the last message');
    let count = 0;
    await within(30_000, 'usage is in the ledger', async () => {
      const last = count;
      await sleep(quietMs);
      const { rows } = await world.main.query<{ n: string }>('SELECT count(*) AS n FROM billing.usage_request WHERE account_id = $1', [account.accountId]);
      count = Number(rows[0]?.n);
      return count > 0 && count === last;
    });
    await world.expectClean(everySink, canaries, sinceMs);
    const { rows } = await world.main.query<{ name: string; type: string }>(
      "SELECT table_name || '.' || column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = 'billing' AND table_name = ANY ($1)",
      [usageTables],
    );
    require(rows.length > 20, 'the tables of usage were not found');
    const open = rows.filter(({ name, type }) => !typesWithoutText.includes(type) && !namesOfStores.includes(name));
    hold(open.length === 0, `columns that could hold text: ${open.map(({ name, type }) => `${name} ${type}`).join(', ')}`);
  },
};
