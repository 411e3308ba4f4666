/**
 * Goal: what account tells of an account evicts its DEKs on every replica at once, long before their lifetime is over; without
 * account, and while it is away, everything works. Method: two real processes with the longest lifetime, and a stand-in for account
 * at the wire that comes, speaks, breaks and goes.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { offer, startRpcServer, type RpcServer } from '@tacet/rpc';
import { freePort } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';
import { openOne, sealOne, someAccount, someContext } from './records.ts';

let port: number;
let service: KeyServiceUnderTest;
let replica: KeyServiceUnderTest;
/** Streams that are open, and what each is told next. */
const streams = new Set<(accountId: Buffer | undefined) => void>();
const asked: string[] = [];
let revision = 7;

beforeAll(async () => {
  port = await freePort();
  const variables = { TACET_DIRECTORY_ADDRESS: `127.0.0.1:${port}`, TACET_KEY_SERVICE_DEK_CACHE_MS: '300000' };
  service = await startKeyService(variables);
  replica = await service.startReplica();
}, 90_000);
afterAll(async () => {
  await replica.stop();
  await service.stop();
}, 60_000);

/** Account's KeyDirectory, as far as key-service may use it. */
async function startDirectory(): Promise<RpcServer> {
  const nobody = async () => ({});
  const policy = { Resolve: [], ResolveAccount: [], Watch: ['key-service'] } as const;
  const directory = offer('KeyDirectory', policy, {
    Resolve: nobody,
    ResolveAccount: nobody,
    Watch: async function* ({ fromRevision }, { signal }) {
      asked.push(fromRevision);
      yield { revision: String(revision), heartbeat: {} };
      while (!signal.aborted) {
        const accountId = await new Promise<Buffer | undefined>((resolve) => {
          streams.add(resolve);
          signal.addEventListener('abort', () => resolve(undefined));
        });
        if (accountId) yield { revision: String(++revision), accountId };
      }
    },
  });
  return startRpcServer({ host: '127.0.0.1', port, tls: service.tls.account, onInternalError: () => undefined }, [directory]);
}

function tell(accountId: Buffer): void {
  for (const next of streams) {
    streams.delete(next);
    next(accountId);
  }
}

test('without account nothing waits; with it, an account that is shredded opens nothing on any replica, at once', async () => {
  const context = someContext();
  const [accountId, other] = [await someAccount(service.keys('account')), await someAccount(service.keys('account'))];
  const [record, kept] = [await sealOne(service.seals('account'), accountId, context, 'text'), await sealOne(service.seals('account'), other, context, 'kept')];
  const directory = await startDirectory();
  await eventually('both replicas listen', () => streams.size === 2, 60_000);
  const open = () => openOne(replica.seals('account'), accountId, context, record);
  expect(await open()).toBe('text');
  expect(await openOne(replica.seals('account'), other, context, kept)).toBe('kept');
  await service.keys('account').ShredAccount({ accountId });
  // It holds the DEK still, and would for five minutes.
  expect(await open()).toBe('text');
  tell(accountId);
  await eventually('the replica has let go of it', async () => (await open().catch((error: { code?: string }) => error.code)) === 'dek_unknown');
  expect(await openOne(replica.seals('account'), other, context, kept)).toBe('kept');
  await directory.stop(0);
  streams.clear();
  // Away: everything goes on; back: it is asked from where it was left.
  expect(await openOne(replica.seals('account'), other, context, kept)).toBe('kept');
  asked.length = 0;
  const again = await startDirectory();
  await eventually('both replicas listen again', () => streams.size === 2, 60_000);
  expect(asked).toContain('8');
  await again.stop(0);
}, 150_000);
