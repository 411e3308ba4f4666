import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import type { World } from '../world.ts';

/** Rotation. */
export const c5: Claim = {
  id: 'C5',
  sentence: 'The master key is rotated without encrypting a message again, while everything goes on.',
  sinks: [],
  mutation: {
    what: 'a rewrapping that leaves keys as they are',
    processes: ['key-service'],
    patches: [{ file: 'apps/key-service/src/keks/rewrapper.ts', from: 'if (isUnderTarget || own.has(dek.account)) continue;', to: 'if (isUnderTarget || !isUnderTarget) continue;' }],
  },
  check: async (world) => {
    const { keys } = world.constellation.operator;
    const person = await Person.create(world.constellation);
    const path = await person.converse({ title: 'A title' }, 'Before');
    const [messagesBefore, deksBefore] = [await hashMessages(world), await readDeks(world)];
    const { kekVersion: oldVersion, kekId } = (await keys.DescribeKeys({})).keks.find(({ state }) => state === 'active') ?? {};
    require(oldVersion !== undefined && kekId !== undefined, 'no master key is active');
    await keys.RotateKek({});
    // Reads and writes between, and after, each step.
    const meanwhile = person.converse({}, 'Meanwhile');
    let finished = false;
    for await (const progress of keys.RewrapAll({})) finished = progress.finished;
    hold(finished, 'the rewrapping did not come to its end');
    await meanwhile;
    const [messagesAfter, deksAfter] = [await hashMessages(world), await readDeks(world)];
    for (const [id, digest] of messagesBefore) hold(messagesAfter.get(id) === digest, 'a message was encrypted again');
    for (const [id, { wrapped, version }] of deksBefore) {
      const now = deksAfter.get(id);
      hold(now !== undefined && now.wrapped !== wrapped && now.version > version, 'a wrapped key is as it was before the rotation');
    }
    const destroyed = await keys.DestroyKekVersion({ kekId, kekVersion: oldVersion, force: false });
    hold(destroyed.state === 'destroyed' && !existsSync(join(world.constellation.paths.masterKeys, `${kekId}.${oldVersion}.key`)), 'the old version is still there');
    // Nothing is left of it in any cache.
    await world.restart('key-service');
    hold((await person.messages(path))[0]?.content === 'Before', 'a message of before the rotation cannot be read any more');
  },
};

async function hashMessages(world: World): Promise<ReadonlyMap<string, string>> {
  const { rows } = await world.main.query<{ id: string; digest: string }>(
    "SELECT id::text, md5(body) AS digest FROM account.message UNION ALL SELECT 'title ' || id, md5(title) FROM account.conversation WHERE title IS NOT NULL",
  );
  return new Map(rows.map(({ id, digest }) => [id, digest]));
}

async function readDeks(world: World): Promise<ReadonlyMap<string, { wrapped: string; version: number }>> {
  const { rows } = await world.keystore.query<{ id: string; wrapped: string; version: string }>("SELECT account_id || ' ' || dek_version AS id, md5(wrapped) AS wrapped, kek_version AS version FROM keystore.dek");
  return new Map(rows.map(({ id, wrapped, version }) => [id, { wrapped, version: Number(version) }]));
}
