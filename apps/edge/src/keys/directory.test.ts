/** The directory's cache and look-ups, against a gRPC server that stands for account. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createRpcClient, offer, startRpcServer, type RpcClient, type RpcServer } from '@tacet/rpc';
import type { ResolveResponse } from '@tacet/rpc/types/directory/v1/ResolveResponse';
import type { WatchEvent } from '@tacet/rpc/types/directory/v1/WatchEvent';
import { eventually } from '@tacet/testing';
import { testCertificates } from '../../tests/rpc-stand-in.ts';
import { Directory, lookUpsPerSecondMax } from './directory.ts';
import { DirectoryWatch, heartbeatMissedMs } from './directory-watch.ts';
import { KeyCache, refusedKeptMs } from './key-cache.ts';
import { TokenBucket } from './token-bucket.ts';

const keyId = Buffer.alloc(16, 1);
const accountId = Buffer.alloc(16, 2);
const hash = Buffer.alloc(32, 3);
const name = hash.toString('latin1');
const active: ResolveResponse = { state: 'KEY_STATE_ACTIVE', keyId, accountId, models: [], limits: { requestsPerMinute: 5 }, expiresAtMs: '0', revision: '1' };

let answer: () => Promise<ResolveResponse>;
let calls = 0;
let stream: { write: (event: WatchEvent) => void } | undefined;
let fromRevisions: string[] = [];
let server: RpcServer;
let client: RpcClient<'KeyDirectory'>;
let now = 0;
const outcomes: string[] = [];

beforeAll(async () => {
  const certificates = await testCertificates();
  const policy = { Resolve: ['edge'], ResolveAccount: ['edge'], Watch: ['edge'] } as const;
  server = await startRpcServer({ host: '127.0.0.1', port: 0, tls: await certificates('account'), onInternalError: () => undefined }, [
    offer('KeyDirectory', policy, {
      Resolve: async () => {
        calls++;
        return answer();
      },
      ResolveAccount: async () => answer(),
      Watch: async function* ({ fromRevision }, { signal }) {
        fromRevisions.push(fromRevision);
        const events: WatchEvent[] = [];
        let wake: (() => void) | undefined;
        stream = {
          write: (event) => {
            events.push(event);
            wake?.();
          },
        };
        signal.addEventListener('abort', () => wake?.());
        while (!signal.aborted) {
          const event = events.shift();
          if (event) yield event;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      },
    }),
  ]);
  client = createRpcClient('KeyDirectory', { address: `127.0.0.1:${server.port}`, tls: await certificates('edge'), server: 'account' });
});
afterAll(async () => {
  client.close();
  await server.stop(0);
});
beforeEach(() => {
  answer = async () => active;
  calls = 0;
  outcomes.length = 0;
  fromRevisions = [];
});
const newDirectory = () => new Directory({ client, monotonicMs: () => now, onLookUp: (outcome) => outcomes.push(outcome) });

test('all who ask for the same key at once share one call, and the next ones find it cached', async () => {
  const directory = newDirectory();
  const callers = await Promise.all(Array.from({ length: 64 }, () => directory.lookUp(name, { hash })));
  expect([calls, new Set(callers).size]).toEqual([1, 1]);
  expect(directory.cache.get(name)).toMatchObject({ identity: keyId.toString('hex'), claims: [{ kind: 'requests', scope: 'key', limit: 5, name: expect.stringContaining(keyId.toString('hex')) }], models: undefined, leaseByKey: false });
});

test.each([
  ['KEY_STATE_UNKNOWN', 'key_unknown'],
  ['KEY_STATE_REVOKED', 'key_revoked'],
  ['KEY_STATE_EXPIRED', 'key_expired'],
  ['KEY_STATE_SUSPENDED', 'account_suspended'],
] as const)('%s is told as %s, and remembered for a moment', async (state, code) => {
  const directory = newDirectory();
  answer = async () => ({ ...active, state });
  for (let i = 0; i < 3; i++) await expect(directory.lookUp(name, { hash })).rejects.toMatchObject({ code });
  expect(calls).toBe(1);
  // A change of any key makes the refusal worth another look.
  directory.cache.evict('ff');
  answer = async () => active;
  expect(await directory.lookUp(name, { hash })).toMatchObject({ noLog: false });
  expect(refusedKeptMs).toBeGreaterThan(0);
});

test('an answer that was under way while its key changed is asked for again', async () => {
  const directory = newDirectory();
  let release: (() => void) | undefined;
  answer = async () => {
    if (calls > 1) return { ...active, state: 'KEY_STATE_REVOKED' };
    await new Promise<void>((resolve) => (release = resolve));
    return active;
  };
  const looking = directory.lookUp(name, { hash });
  await eventually('the first call is under way', () => release !== undefined);
  directory.cache.evict(keyId.toString('hex'));
  release!();
  await expect(looking).rejects.toMatchObject({ code: 'key_revoked' });
  expect([calls, directory.cache.get(name)]).toEqual([2, undefined]);
});

test('look-ups have a bucket; what is cached needs none of it', async () => {
  const directory = newDirectory();
  answer = async () => ({ ...active, state: 'KEY_STATE_UNKNOWN' });
  await expect(directory.lookUp('known-refusal', { hash })).rejects.toMatchObject({ code: 'key_unknown' });
  const codes = await Promise.all(Array.from({ length: 500 }, (_, i) => directory.lookUp(`unknown-${i}`, { hash }).catch((error: { code: string }) => error.code)));
  expect(codes.filter((code) => code === 'key_unknown')).toHaveLength(lookUpsPerSecondMax - 1);
  expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(500 - lookUpsPerSecondMax + 1);
  await expect(directory.lookUp('known-refusal', { hash })).rejects.toMatchObject({ code: 'key_unknown' });
  now += 500;
  const more = await Promise.all(Array.from({ length: 200 }, (_, i) => directory.lookUp(`later-${i}`, { hash }).catch((error: { code: string }) => error.code)));
  expect(more.filter((code) => code === 'key_unknown')).toHaveLength(lookUpsPerSecondMax / 2);
});

test('a bucket does not gather more than a second of tokens', () => {
  const bucket = new TokenBucket(10, 0);
  const taken = (at: number) => Array.from({ length: 30 }, () => bucket.take(at)).filter(Boolean).length;
  expect([taken(0), taken(100), taken(60_000)]).toEqual([10, 1, 10]);
});

test('a change evicts a key by its id and all keys by their account, and nothing else', async () => {
  const cache = new KeyCache();
  const directory = newDirectory();
  const caller = await directory.lookUp(name, { hash });
  const other = { ...caller, name: 'other', identity: '0a', account: '0b' };
  const sibling = { ...caller, name: 'sibling', identity: '0c' };
  const fill = () => [caller, other, sibling].forEach((one) => cache.set(one));
  const there = () => ['other', 'sibling', name].map((one) => cache.get(one) !== undefined);
  fill();
  cache.evict(caller.identity);
  expect(there()).toEqual([true, true, false]);
  fill();
  cache.evict(caller.account);
  expect(there()).toEqual([true, false, false]);
  fill();
  cache.clear();
  expect(there()).toEqual([false, false, false]);
});

test('a watch hears changes, notices silence, and goes on from the revision that it heard last', async () => {
  let clock = 0;
  const heard: string[] = [];
  const states: string[] = [];
  const watch = new DirectoryWatch({
    client, monotonicMs: () => clock, onChange: (id) => heard.push(id.toString('hex')), onReset: () => heard.push('reset'), onState: (state) => states.push(state),
  });
  const started = watch.start();
  await eventually('the stream is open', () => stream !== undefined);
  expect(watch.silenceMs).toBe(Infinity);
  stream!.write({ revision: '7', heartbeat: {} });
  await started;
  stream!.write({ revision: '8', keyId });
  stream!.write({ revision: '9', accountId });
  stream!.write({ revision: '9', reset: {} });
  await eventually('all is heard', () => heard.length === 3);
  expect(heard).toEqual([keyId.toString('hex'), accountId.toString('hex'), 'reset']);
  clock += heartbeatMissedMs + 1;
  expect(watch.silenceMs).toBe(heartbeatMissedMs + 1);
  // The stream is dead though nobody closed it: another one is opened.
  await eventually('it asks again', () => fromRevisions.length >= 2);
  expect(fromRevisions.slice(0, 2)).toEqual(['0', '9']);
  expect(states).toContain('lost');
  await watch.stop();
});

test('a watch that broke before it heard a revision drops everything, since it cannot know what it missed', async () => {
  let clock = 0;
  const heard: string[] = [];
  stream = undefined;
  const watch = new DirectoryWatch({ client, monotonicMs: () => clock, onChange: () => undefined, onReset: () => heard.push('reset'), onState: () => undefined });
  const started = watch.start();
  await eventually('the stream is open', () => stream !== undefined);
  stream!.write({ revision: '0', heartbeat: {} });
  await started;
  stream = undefined;
  clock += heartbeatMissedMs + 1;
  await eventually('another stream is open', () => stream !== undefined);
  stream!.write({ revision: '0', heartbeat: {} });
  await eventually('it was reset', () => heard.length > 0);
  await watch.stop();
});
