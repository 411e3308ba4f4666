/**
 * Goal: a rewrapping that is killed goes on where it was, and loses no key.
 * Method: 30,000 DEKs, made in the keystore by the wrapping code itself; the process is killed (SIGKILL) while
 * RewrapAll streams, started again, and called again, until it is finished.
 */
import { createSecretKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commitDek, createNonceSource, encodeWrappedDek, wrapLocally } from '@tacet/sealed-record';
import pg from 'pg';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someContext } from './records.ts';

const accounts = 30_000;
let service: KeyServiceUnderTest;
let admin: pg.Client;

beforeAll(async () => {
  service = await startKeyService();
  admin = new pg.Client({ connectionString: service.database.adminUrl });
  await admin.connect();
  const kek = createSecretKey(readFileSync(join(service.kekFolder, 'main.1.key')));
  const drawNonce = createNonceSource();
  const ids: string[] = [];
  const wrapped: Buffer[] = [];
  for (let i = 0; i < accounts; i++) {
    const [accountId, dek] = [randomBytes(16), createSecretKey(randomBytes(32))];
    const binding = { provider: 1, kekId: 'main', dekVersion: 1, accountId, createdMs: Date.now(), commitment: commitDek(dek) };
    ids.push(accountId.toString('hex'));
    wrapped.push(encodeWrappedDek({ ...binding, kekVersion: 1, blob: wrapLocally(kek, dek, binding, drawNonce) }));
  }
  await admin.query("INSERT INTO keystore.dek SELECT id, 1, wrapped, 'local', 'main', 1, now() FROM unnest($1::uuid[], $2::bytea[]) AS t (id, wrapped)", [ids, wrapped]);
}, 120_000);

afterAll(async () => {
  await admin.end();
  await service.stop();
}, 60_000);

async function someAccounts(): Promise<Buffer[]> {
  const { rows } = await admin.query<{ id: string }>('SELECT account_id AS id FROM keystore.dek WHERE random() < 0.003');
  return rows.map(({ id }) => Buffer.from(id.replaceAll('-', ''), 'hex'));
}

test('killed in the middle, again and again, RewrapAll goes on from its cursor and finishes', async () => {
  const sample = await someAccounts();
  const context = someContext();
  const records = await Promise.all(sample.map((accountId) => sealOne(service.seals('account'), accountId, context, 'text')));
  await service.keys('operator').RotateKek({});
  const starts: number[] = [];
  let isFinished = false;
  for (let run = 0; !isFinished; run++) {
    let first: number | undefined;
    try {
      for await (const { done, finished } of service.keys('operator').RewrapAll({})) {
        first ??= Number(done);
        isFinished = finished;
        // Killed while the next batch is under way.
        if (!finished && run < 3 && Number(done) - first >= 5_000) service.process.signal('SIGKILL');
      }
    } catch (error) {
      if (service.process.running) await service.process.ended;
      expect(error).toMatchObject({ name: 'RpcUnavailableError' });
      await service.restart();
    }
    starts.push(first ?? -1);
  }
  expect(starts).toHaveLength(4);
  expect(starts[0]).toBe(0);
  for (let i = 1; i < starts.length; i++) expect(starts[i]).toBeGreaterThan(starts[i - 1]!);
  const { rows } = await admin.query<{ kek_version: string; count: string }>('SELECT kek_version, count(*) FROM keystore.dek GROUP BY 1');
  expect(rows).toEqual([{ kek_version: '2', count: String(accounts) }]);
  for (const [i, accountId] of sample.entries()) expect(await openOne(service.seals('account'), accountId, context, records[i]!)).toBe('text');
}, 120_000);

test('two callers share one rewrapping, and a rotation in the middle is followed', async () => {
  await service.keys('operator').RotateKek({});
  const replica = await service.startReplica();
  try {
    let rotated: Promise<unknown> | undefined;
    const run = async (one: KeyServiceUnderTest) => {
      let last = { done: 0, finished: false };
      for await (const { done, finished } of one.keys('operator').RewrapAll({})) {
        last = { done: Number(done), finished };
        if (Number(done) >= 10_000) rotated ??= one.keys('operator').RotateKek({});
      }
      return last;
    };
    expect(await Promise.all([run(service), run(replica)])).toEqual([{ done: accounts, finished: true }, { done: accounts, finished: true }]);
    await rotated;
    const { rows } = await admin.query('SELECT DISTINCT kek_version FROM keystore.dek');
    expect(rows).toEqual([{ kek_version: '4' }]);
  } finally {
    await replica.stop();
  }
}, 120_000);

test('a caller that leaves stops the work, which the next call finishes', async () => {
  await service.keys('operator').RotateKek({});
  for await (const { done } of service.keys('operator').RewrapAll({})) if (Number(done) > 0) break;
  const progress = [];
  for await (const { done, finished } of service.keys('operator').RewrapAll({})) progress.push([Number(done), finished]);
  expect(progress[0]![0]).toBeGreaterThan(0);
  expect(progress.at(-1)).toEqual([accounts, true]);
}, 120_000);
