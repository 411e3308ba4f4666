/**
 * Goal: `tacet kek rotate` ends what it began though key-service is killed in the middle; messages are sealed and opened
 * meanwhile, and no row of a message changes.
 * Method: real processes, 20,000 accounts with DEKs, messages in the main database; key-service is killed (SIGKILL) while the
 * command runs, and started again.
 */
import { createHash, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startConstellation, type Constellation } from '@tacet/constellation';
import { createRpcClient, readTlsFolder, type RpcClient } from '@tacet/rpc';
import { commitDek, createNonceSource, encodeWrappedDek, wrapLocally } from '@tacet/sealed-record';
import { eventually } from '@tacet/testing';
import pg from 'pg';
import { documentOf, tacet } from './command-line.ts';

const deks = 20_000;
let deployment: Constellation;
let main: pg.Client;
let keystore: pg.Client;
let keys: RpcClient<'KeyService'>;
let seals: RpcClient<'SealService'>;

beforeAll(async () => {
  deployment = await startConstellation({ mode: 'embedded', edges: 0, accounts: 0, billings: 0, pruners: 0, worker: [], models: [] });
  const { servers, paths, addresses } = deployment;
  main = new pg.Client({ connectionString: servers.databases.main.databaseAdminUrl });
  keystore = new pg.Client({ connectionString: servers.databases.keystore.databaseAdminUrl });
  await Promise.all([main.connect(), keystore.connect()]);
  const options = { address: addresses.keys, tls: readTlsFolder(paths.certificates('account')), server: 'key-service' } as const;
  keys = createRpcClient('KeyService', options);
  seals = createRpcClient('SealService', options);
}, 120_000);

afterAll(async () => {
  keys.close();
  seals.close();
  await Promise.all([main.end(), keystore.end()]);
  await deployment.stop();
}, 60_000);

const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

async function hashOfMessages(): Promise<string> {
  const { rows } = await main.query('SELECT message::text || ctid::text || xmin::text AS row FROM account.message ORDER BY id');
  expect(rows).toHaveLength(5);
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

/** Writes DEKs of many accounts, wrapped by the wrapping code itself. */
async function addAccounts(): Promise<void> {
  const kek = createSecretKey(readFileSync(join(deployment.paths.masterKeys, 'main.1.key')));
  const drawNonce = createNonceSource();
  const [ids, wrapped]: [string[], Buffer[]] = [[], []];
  for (let i = 0; i < deks; i++) {
    const [accountId, dek] = [randomBytes(16), createSecretKey(randomBytes(32))];
    const binding = { provider: 1, kekId: 'main', dekVersion: 1, accountId, createdMs: Date.now(), commitment: commitDek(dek) };
    ids.push(accountId.toString('hex'));
    wrapped.push(encodeWrappedDek({ ...binding, kekVersion: 1, blob: wrapLocally(kek, dek, binding, drawNonce) }));
  }
  await keystore.query(
    "INSERT INTO keystore.dek SELECT id, 1, wrapped, 'local', 'main', 1, now() FROM unnest($1::uuid[], $2::bytea[]) AS t (id, wrapped)",
    [ids, wrapped],
  );
}

test('killed in the middle the command goes on, messages stay as they are and open before, meanwhile and after', async () => {
  const accountId = randomUUID();
  const conversationId = randomUUID();
  await keys.CreateDek({ accountId: bytesOf(accountId) });
  await main.query("INSERT INTO account.account (account_id, status, created_on) VALUES ($1, 'active', now())", [accountId]);
  await main.query("INSERT INTO account.conversation (id, account_id, ephemeral, model_id, created_at) VALUES ($1, $2, false, 'demo-model', now())", [conversationId, accountId]);
  const contexts = Array.from({ length: 5 }, () => ({ conversationId: bytesOf(conversationId), messageId: bytesOf(randomUUID()), field: 1, schema: 1 }));
  const { records } = await seals.Seal({ accountId: bytesOf(accountId), records: contexts.map((context, i) => ({ context, plaintext: Buffer.from(`text ${i}`) })) });
  for (const [position, body] of records.entries()) {
    await main.query('INSERT INTO account.message (id, conversation_id, position, body) VALUES ($1, $2, $3, $4)', [contexts[position]!.messageId.toString('hex'), conversationId, position, body]);
  }
  const open = async () => {
    const opened = await seals.Open({ accountId: bytesOf(accountId), records: contexts.map((context, i) => ({ context, record: records[i]! })) });
    return opened.records.map(({ plaintext }) => plaintext?.toString());
  };
  const texts = contexts.map((_, i) => `text ${i}`);
  expect(await open()).toEqual(texts);
  await addAccounts();
  const before = await hashOfMessages();

  const [service] = deployment.keyServices;
  const run = (...line: string[]) => tacet(['kek', ...line, '--json'], { environment: { TACET_TLS_DIR: deployment.paths.certificates('operator'), TACET_KEYS_ADDRESS: deployment.addresses.keys } });
  const placeOf = async () => Number((await keystore.query('SELECT done FROM keystore.rewrap_job')).rows[0]?.done ?? 0);
  const first = run('rotate');
  const killedAt = await eventually('it has begun', async () => (await placeOf()) || undefined, 30_000);
  await service!.process.kill('SIGKILL');
  await service!.process.restart();
  await service!.process.waitUntilReady();
  const result = await first;
  // The command outlived the kill, or it is typed again; either way there is one new version and nothing begins anew.
  const finished = result.code === 0 ? documentOf(result) : documentOf(await run('rotate'));
  expect(killedAt).toBeGreaterThan(0);
  expect(finished['skipped']).toBe('0');
  expect(finished['keks']).toMatchObject([{ kek_version: 1, state: 'retired', deks: '0' }, { kek_version: 2, state: 'active', deks: String(deks + 1) }]);
  await eventually('the client is back', async () => (await open()).join() === texts.join());
  expect(await hashOfMessages()).toBe(before);
}, 180_000);

test('the old version is destroyed only when its backups have ended, and a schedule leaves a young one alone', async () => {
  const environment = { TACET_TLS_DIR: deployment.paths.certificates('operator'), TACET_KEYS_ADDRESS: deployment.addresses.keys };
  const result = documentOf(await tacet(['kek', 'rotate', '--if-older-than', '90', '--destroy-old', '--json'], { environment }));
  expect(result).toMatchObject({ rotated: false, destroyed: [], keks: [{ kek_version: 1, state: 'retired' }, { kek_version: 2, state: 'active' }] });
});
