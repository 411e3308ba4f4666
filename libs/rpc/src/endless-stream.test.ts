/**
 * Goal: a stream whose handler never waits for anything ends when its caller leaves, and does not keep a server from stopping.
 * Method: a handler that yields as fast as it can; what it has made is counted.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issue, makeAuthority } from '@tacet/certificates';
import { createRpcClient, offer, startRpcServer, type RpcClient, type RpcServer } from './index.ts';

let server: RpcServer;
let client: RpcClient<'KeyDirectory'>;
const made = { ended: 0 };

beforeAll(async () => {
  const authority = await makeAuthority();
  const tls = async (identity: string) => {
    const { certificate, key } = await issue(authority, { identity });
    return { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
  };
  const directory = offer('KeyDirectory', { Resolve: ['edge'], ResolveAccount: [], Watch: ['edge'] } as const, {
    Resolve: async () => ({ state: 'KEY_STATE_ACTIVE' }),
    ResolveAccount: async () => ({}),
    Watch: async function* () {
      try {
        // Small enough never to fill a window at once, so that nothing but the turns lets the loop go.
        for (let revision = 0; revision < 50_000_000; revision++) yield { revision: '1' };
      } finally {
        made.ended++;
      }
    },
  });
  server = await startRpcServer({ host: '127.0.0.1', port: 0, tls: await tls('account'), onInternalError: () => undefined }, [directory]);
  client = createRpcClient('KeyDirectory', { address: `127.0.0.1:${server.port}`, tls: await tls('edge'), server: 'account' });
});

afterAll(() => client.close());

test('its caller leaves: it ends, and others are served meanwhile and after', async () => {
  let seen = 0;
  for await (const _ of client.Watch({ fromRevision: '0' })) if (++seen === 500) break;
  expect((await client.Resolve({ hash: Buffer.alloc(32) })).state).toBe('KEY_STATE_ACTIVE');
  while (made.ended === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(made.ended).toBe(1);
}, 20_000);

test('its reader stays and does not read: the server stops all the same', async () => {
  const stream = client.Watch({ fromRevision: '0' })[Symbol.asyncIterator]();
  await stream.next();
  await server.stop(100);
  while (made.ended === 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(made.ended).toBe(2);
  await stream.return?.(undefined);
}, 20_000);
