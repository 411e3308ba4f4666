import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPool, type Pool } from '@tacet/database';
import { createNonceSource, type WrappedDek } from '@tacet/sealed-record';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import { deleteDeks, readNewestDek } from '../deks/dek-table.ts';
import { makeDek } from '../deks/make-dek.ts';
import { openEpochFiles, type EpochFiles } from '../epochs/epoch-files.ts';
import { EpochSecrets } from '../epochs/epoch-secrets.ts';
import type { KeyProvider } from '../providers/key-provider.ts';
import { openLocalProvider, type LocalProvider } from '../providers/local-provider.ts';
import { unwrapSecret } from '../providers/wrapped-secret.ts';
import { onlyProvider } from '../../tests/only-provider.ts';
import { KekRing } from './kek-ring.ts';
import { Rewrapper } from './rewrapper.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-rewrapper-'));
const now = () => Date.now();
let database: TestDatabase;
let pool: Pool;
let provider: LocalProvider;
let ring: KekRing;
let files: EpochFiles;

beforeAll(async () => {
  database = await createTestDatabase('keystore');
  pool = await openPool({ url: database.urlOf('tacet_key_service'), applicationName: 'test', connectionsMax: 6 });
  provider = await openLocalProvider('TACET_X', join(folder, 'keks'), createNonceSource());
  files = await openEpochFiles('TACET_X', join(folder, 'epochs'));
  ring = new KekRing(pool, onlyProvider(provider), now);
  await ring.open();
}, 60_000);

afterAll(async () => {
  await pool.end();
  await database.stop();
  await rm(folder, { recursive: true });
});

async function createDek(account: Buffer): Promise<void> {
  await ring.withActive(async (kek, connection) => makeDek(connection, provider, kek, { accountId: account, version: 1 }, now()));
}

function createRewrapper(of: KekRing): Rewrapper {
  const clocks = { wall: now, monotonic: () => performance.now() };
  const epochs = new EpochSecrets({ store: files, ring: of, cacheMs: 1_000, clocks, onSwept: () => undefined, onSweepFailed: () => undefined });
  return new Rewrapper({ pool, ring: of, epochs, now });
}

test('a DEK that is destroyed and made anew between reading and writing back stays the new one', async () => {
  const accounts = [randomBytes(16), randomBytes(16)] as const;
  for (const account of accounts) await createDek(account);
  await ring.rotate();
  const renewed = new Set<string>();
  const slow: KeyProvider = Object.assign(Object.create(provider) as KeyProvider, {
    name: provider.name,
    rewrap: async (wrapped: WrappedDek, to: number) => {
      const blob = await provider.rewrap(wrapped, to);
      const account = Buffer.from(wrapped.accountId);
      await deleteDeks(pool, account.toString('hex'));
      await createDek(account);
      renewed.add(account.toString('hex'));
      return blob;
    },
  });
  for await (const job of createRewrapper(new KekRing(pool, onlyProvider(slow), now)).run()) expect(job.skipped).toBe(0);
  expect(renewed.size).toBe(2);
  for (const account of accounts) {
    const { wrapped, kek } = (await readNewestDek(pool, account.toString('hex')))!;
    expect(kek.version).toBe(2);
    await unwrapSecret(provider, wrapped, { accountId: account, version: 1 });
    const { rows } = await pool.query<{ made_ms: string }>('SELECT (extract(epoch FROM created_at) * 1000)::bigint::text AS made_ms FROM keystore.dek WHERE account_id = $1', [account.toString('hex')]);
    // The time in the wrapped DEK is that of the row: it is not the wrapping of the DEK that was destroyed.
    const madeMs = wrapped.readBigUInt64BE(4 + 'main'.length + 4 + 4 + 16);
    expect(madeMs).toBe(BigInt(rows[0]!.made_ms));
  }
});

test('every DEK of every partition is rewrapped, and progress only grows', async () => {
  const accounts = Array.from({ length: 150 }, () => randomBytes(16));
  for (const account of accounts) await createDek(account);
  const to = await ring.rotate();
  let last = 0;
  for await (const { done, isFinished } of createRewrapper(ring).run()) {
    expect(done).toBeGreaterThanOrEqual(last);
    last = done;
    if (isFinished) expect(done).toBe(152);
  }
  for (const account of accounts) expect((await readNewestDek(pool, account.toString('hex')))?.kek).toEqual(to);
});
