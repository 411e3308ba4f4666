import { Client, credentials, Metadata, status, type ChannelCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issue, makeAuthority, type Authority } from '@tacet/certificates';
import { TacetError } from '@tacet/errors';
import { checkRpcHealth, createRpcClient, identityOf, offer, RpcUnavailableError, startRpcServer, type Identity, type RpcServer, type TlsFiles } from './index.ts';

let authority: Authority;
let server: RpcServer;
const internal: string[] = [];
const clients: { close(): void }[] = [];

async function tls(identity: string, of = authority): Promise<TlsFiles> {
  const { certificate, key } = await issue(of, { identity });
  return { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
}

async function directory(identity: string, of = authority, expected: Identity = 'account') {
  const client = createRpcClient('KeyDirectory', { address: `127.0.0.1:${server.port}`, tls: await tls(identity, of), server: expected });
  clients.push(client);
  return client;
}

beforeAll(async () => {
  authority = await makeAuthority();
  const policy = { Resolve: ['edge'], ResolveAccount: ['edge'], Watch: ['edge', 'key-service'] } as const;
  const directoryOffer = offer('KeyDirectory', policy, {
    Resolve: async ({ hash }) => {
      if (hash.length !== 32) throw new TacetError('field_invalid', { param: 'hash', retryAfterMs: 7 });
      return { state: 'KEY_STATE_ACTIVE', expiresAtMs: '9007199254740993', revision: '5' };
    },
    ResolveAccount: async () => {
      throw new Error('canary: a row of the database');
    },
    Watch: async function* ({ fromRevision }, { signal }) {
      for (let revision = BigInt(fromRevision); !signal.aborted; revision++) {
        yield { revision: revision.toString(), heartbeat: {} };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  });
  server = await startRpcServer({ host: '127.0.0.1', port: 0, tls: await tls('account'), onInternalError: (rpc) => internal.push(rpc) }, [directoryOffer]);
});

afterAll(async () => {
  for (const client of clients) client.close();
  await server.stop(500);
});

test('a call travels both ways and keeps integers beyond 2^53', async () => {
  const edge = await directory('edge');
  const answer = await edge.Resolve({ hash: Buffer.alloc(32) });
  expect(answer.state).toBe('KEY_STATE_ACTIVE');
  expect(BigInt(answer.expiresAtMs)).toBe(9007199254740993n);
  expect(answer.limits).toBeNull();
});

test('a typed error arrives as the same typed error', async () => {
  const edge = await directory('edge');
  await expect(edge.Resolve({ hash: Buffer.alloc(3) })).rejects.toMatchObject({ name: 'TacetError', code: 'field_invalid', param: 'hash', retryAfterMs: 7 });
});

test('any other error is hidden from the caller and told to the server alone', async () => {
  const edge = await directory('edge');
  const error = await edge.ResolveAccount({ accountId: Buffer.alloc(16) }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'internal_error' });
  expect(String(error)).not.toContain('canary');
  expect(internal).toEqual(['KeyDirectory.ResolveAccount']);
});

test.each(['account', 'billing', 'pruner', 'operator', 'nobody'])('%s may not call what the policy does not give it', async (identity) => {
  const client = await directory(identity);
  await expect(client.Resolve({ hash: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'rpc_not_allowed' });
  await expect((async () => { for await (const _ of client.Watch({ fromRevision: '1' })) return; })()).rejects.toMatchObject({ code: 'rpc_not_allowed' });
});

test('a certificate of another authority gets no answer', async () => {
  const client = await directory('edge', await makeAuthority());
  await expect(client.Resolve({ hash: Buffer.alloc(32) }, { deadlineMs: 500 })).rejects.toBeInstanceOf(RpcUnavailableError);
});

test('a caller without a certificate gets no answer, and nobody is told what is served here', async () => {
  const { certificate, key, authority: of } = await tls('operator');
  const ask = (credentials: ChannelCredentials, path: string) =>
    new Promise<number | undefined>((resolve) => {
      const client = new Client(`127.0.0.1:${server.port}`, credentials, { 'grpc.ssl_target_name_override': 'localhost' });
      const same = (bytes: Buffer) => bytes;
      client.makeUnaryRequest(path, same, same, Buffer.alloc(0), new Metadata(), { deadline: Date.now() + 5_000 }, (error) => {
        client.close();
        resolve(error?.code);
      });
    });
  const known = credentials.createSsl(of, key, certificate);
  for (const version of ['v1', 'v1alpha']) expect(await ask(known, `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`)).toBe(status.UNIMPLEMENTED);
  expect(await ask(known, '/grpc.health.v1.Health/Check')).toBeUndefined();
  expect([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]).toContain(await ask(credentials.createSsl(of), '/grpc.health.v1.Health/Check'));
}, 30_000);

test('a client refuses a server that is somebody else, though of the same authority', async () => {
  const client = await directory('edge', authority, 'billing');
  await expect(client.Resolve({ hash: Buffer.alloc(32) }, { deadlineMs: 500 })).rejects.toBeInstanceOf(RpcUnavailableError);
});

test('a server tells its health to every identity, and to nobody of another authority', async () => {
  const address = `127.0.0.1:${server.port}`;
  expect(await checkRpcHealth({ address, tls: await tls('operator'), server: 'account' })).toBe('SERVING');
  const stranger = { address, tls: await tls('operator', await makeAuthority()), server: 'account' } as const;
  await expect(checkRpcHealth(stranger, 500)).rejects.toBeInstanceOf(RpcUnavailableError);
});

test('a stream yields until its reader leaves', async () => {
  const edge = await directory('edge');
  const seen: string[] = [];
  for await (const event of edge.Watch({ fromRevision: '3' })) {
    seen.push(event.revision);
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(['3', '4', '5']);
});

test('a stream can be cancelled by a signal', async () => {
  const edge = await directory('edge');
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const read = async () => { for await (const _ of edge.Watch({ fromRevision: '1' }, { signal: controller.signal })); };
  await expect(read()).rejects.toBeInstanceOf(RpcUnavailableError);
});

test('a caller that reads nothing any more loses its stream, and what the handler held is free', async () => {
  let tellFree: () => void;
  const isFree = new Promise<void>((resolve) => (tellFree = resolve));
  const policy = { Resolve: [], ResolveAccount: [], Watch: ['edge'] } as const;
  const never = () => Promise.reject(new Error('nobody asks'));
  const flooding = offer('KeyDirectory', policy, {
    Resolve: never,
    ResolveAccount: never,
    Watch: async function* () {
      try {
        for (let revision = 0; ; revision++) yield { revision: String(revision), heartbeat: {} };
      } finally {
        tellFree();
      }
    },
  });
  const impatient = await startRpcServer({ host: '127.0.0.1', port: 0, tls: await tls('account'), onInternalError: () => undefined, drainMs: 300 }, [flooding]);
  const client = createRpcClient('KeyDirectory', { address: `127.0.0.1:${impatient.port}`, tls: await tls('edge'), server: 'account' });
  const events = client.Watch({ fromRevision: '0' })[Symbol.asyncIterator]();
  expect((await events.next()).value?.revision).toBe('0');
  await isFree;
  client.close();
  await impatient.stop(500);
});

test('only one exact URI name makes an identity', () => {
  expect(identityOf({ subjectaltname: 'DNS:edge, IP Address:127.0.0.1, URI:tacet://edge' })).toBe('edge');
  expect(identityOf({ subjectaltname: 'URI:tacet://edge, URI:tacet://operator' })).toBeUndefined();
  expect(identityOf({ subjectaltname: 'DNS:"URI:tacet://edge"' })).toBeUndefined();
  expect(identityOf({ subjectaltname: 'URI:tacet://edge/' })).toBeUndefined();
  expect(identityOf({})).toBeUndefined();
});
