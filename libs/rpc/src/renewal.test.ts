/**
 * Goal: certificates are renewed under running servers and clients; nobody restarts, no open call is cut.
 * Method: two authorities, one after the other, in the folders of a server and a client; a client of the first stays outside.
 */
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { issue, issueInto, makeAuthority, type Authority } from '@tacet/certificates';
import { createRpcClient, offer, openTlsFolder, RpcUnavailableError, startRpcServer, type RpcServer, type TlsFolder } from './index.ts';

let folder: string;
let first: Authority;
let serverTls: TlsFolder;
let clientTls: TlsFolder;
let server: RpcServer;
const clients: { close(): void }[] = [];
const request = { hash: Buffer.alloc(32) };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacet-renewal-'));
  first = await makeAuthority();
  await issueInto(join(folder, 'account'), first, { identity: 'account' });
  await issueInto(join(folder, 'edge'), first, { identity: 'edge' });
  serverTls = openTlsFolder(join(folder, 'account'), 60_000);
  clientTls = openTlsFolder(join(folder, 'edge'), 60_000);
  const policy = { Resolve: ['edge'], ResolveAccount: [], Watch: ['edge'] } as const;
  const directory = offer('KeyDirectory', policy, {
    Resolve: async () => ({ state: 'KEY_STATE_ACTIVE' }),
    ResolveAccount: async () => ({}),
    Watch: async function* (_request, { signal }) {
      for (let revision = 0; !signal.aborted; revision++) {
        yield { revision: String(revision), heartbeat: {} };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  });
  server = await startRpcServer({ host: '127.0.0.1', port: 0, tls: serverTls, onInternalError: () => undefined }, [directory]);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  serverTls.close();
  clientTls.close();
  await server.stop(500);
  await rm(folder, { recursive: true });
});

function open(tls = clientTls) {
  const client = createRpcClient('KeyDirectory', { address: `127.0.0.1:${server.port}`, tls, server: 'account' });
  clients.push(client);
  return client;
}

test('renewed by another authority, server and client go on with the new certificates, and calls that run are not cut', async () => {
  const before = open();
  expect((await before.Resolve(request)).state).toBe('KEY_STATE_ACTIVE');
  const stranger = openTlsFolder(join(folder, 'edge'), 60_000);
  const watch = before.Watch({ fromRevision: '0' })[Symbol.asyncIterator]();
  expect((await watch.next()).done).toBe(false);

  const second = await makeAuthority();
  await issueInto(join(folder, 'account'), second, { identity: 'account', days: 10 });
  await issueInto(join(folder, 'edge'), second, { identity: 'edge', days: 10 });
  expect(serverTls.refresh()).toBe(true);
  expect(clientTls.refresh()).toBe(true);
  expect(serverTls.expiresAtMs - Date.now()).toBeLessThan(10 * 86_400_000 + 1_000);

  expect((await watch.next()).done).toBe(false);
  expect((await before.Resolve(request)).state).toBe('KEY_STATE_ACTIVE');
  expect((await open().Resolve(request)).state).toBe('KEY_STATE_ACTIVE');
  await expect(open(stranger).Resolve(request, { deadlineMs: 500 })).rejects.toBeInstanceOf(RpcUnavailableError);
  stranger.close();
  await watch.return?.(undefined);
});

test('what is missing, half written or no pair is not taken, and the old certificates serve', async () => {
  const expiresAtMs = serverTls.expiresAtMs;
  const other = await issue(first, { identity: 'account', days: 1 });
  await writeFile(join(folder, 'account', 'tls.crt'), other.certificate);
  expect(serverTls.refresh()).toBe(false);
  await writeFile(join(folder, 'account', 'tls.key'), other.key.slice(0, 40));
  expect(serverTls.refresh()).toBe(false);
  await rm(join(folder, 'account', 'ca.crt'));
  expect(serverTls.refresh()).toBe(false);
  expect(serverTls.expiresAtMs).toBe(expiresAtMs);
  expect((await open().Resolve(request)).state).toBe('KEY_STATE_ACTIVE');
  await writeFile(join(folder, 'account', 'ca.crt'), first.certificate.toString('pem'));
  await writeFile(join(folder, 'account', 'tls.key'), other.key);
  expect(serverTls.refresh()).toBe(true);
  expect(serverTls.expiresAtMs).toBeLessThan(expiresAtMs);
});

test('a folder without certificates is refused by name', () => {
  expect(() => openTlsFolder(join(folder, 'nobody'))).toThrow('TACET_TLS_DIR: tls.crt cannot be read');
});
