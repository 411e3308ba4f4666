import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Constellation } from '@tacet/constellation';
import { commitDek, createNonceSource, encodeWrappedDek, wrapLocally } from '@tacet/sealed-record';
import pg from 'pg';
import type { Figures, Measurement } from '../frame/bench.ts';

/** DEKs that one statement writes when the store is filled. */
const fillBatch = 10_000;
const drawNonce = createNonceSource();

/** RotateKek and RewrapAll over so many DEKs, each unwrapped, wrapped anew and written back. */
export function measureRewrap(name: string, constellation: Constellation | undefined, count: number, isWanted: boolean): Measurement {
  let filled: Promise<void> | undefined;
  const rewrap = async (): Promise<Figures> => {
    if (!constellation || !isWanted) throw new Error('it was not started');
    await (filled ??= fill(constellation, count));
    const { keys } = constellation.operator;
    await keys.RotateKek({});
    const start = performance.now();
    for await (const { finished, skipped } of keys.RewrapAll({})) if (finished && skipped !== '0') throw new Error('some DEKs did not unwrap');
    return { rate: (count * 1_000) / (performance.now() - start) };
  };
  return {
    name,
    title: `Rewrapping ${count.toLocaleString('en')} DEKs after a rotation, written back and committed`,
    columns: { rate: { unit: 'DEKs/s' } },
    rounds: 3,
    cases: [{ name: 'RewrapAll', warmUp: async () => rewrap(), run: rewrap }],
    bars: [{ name: 'RewrapAll', unit: 'DEKs/s', atLeast: 25_000, value: (median) => median('RewrapAll', 'rate') }],
  };
}

async function fill({ servers, paths }: Constellation, count: number): Promise<void> {
  const admin = new pg.Client({ connectionString: servers.databases.keystore.databaseAdminUrl });
  // The next query says so as well.
  admin.on('error', () => undefined);
  await admin.connect();
  const kek = createSecretKey(readFileSync(join(paths.masterKeys, 'main.1.key')));
  try {
    for (let made = 0; made < count; made += fillBatch) await insertDeks(admin, kek, Math.min(fillBatch, count - made));
    await admin.query('VACUUM ANALYZE keystore.dek');
  } finally {
    await admin.end();
  }
}

async function insertDeks(admin: pg.Client, kek: KeyObject, count: number): Promise<void> {
  const [ids, wrapped]: [string[], Buffer[]] = [[], []];
  for (let i = 0; i < count; i++) {
    const [accountId, dek] = [randomBytes(16), createSecretKey(randomBytes(32))];
    const binding = { provider: 1, kekId: 'main', dekVersion: 1, accountId, createdMs: Date.now(), commitment: commitDek(dek) };
    ids.push(accountId.toString('hex'));
    wrapped.push(encodeWrappedDek({ ...binding, kekVersion: 1, blob: wrapLocally(kek, dek, binding, drawNonce) }));
  }
  await admin.query(
    `INSERT INTO keystore.dek (account_id, dek_version, wrapped, provider, kek_id, kek_version, created_at)
     SELECT id, 1, wrapped, 'local', 'main', 1, now() FROM unnest($1::uuid[], $2::bytea[]) AS t (id, wrapped)`,
    [ids, wrapped],
  );
}
