/** Connections to workers over TLS, whose certificates an authority of the test has signed. */
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { issue, makeAuthority } from '@tacet/certificates';
import { ask, cleanUpPeers, connectTo, endLater, mark, ok, startPeer } from '../../tests/worker-peer.ts';

afterEach(cleanUpPeers);

async function trustAuthority() {
  const authority = await makeAuthority();
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, authority.certificate.toString('pem')]);
  const forget = () => setDefaultCACertificates(trusted);
  endLater(forget);
  return { authority, forget };
}

test('a worker that takes a connection and never speaks TLS ends with the time for connecting too', async () => {
  const peer = await startPeer(() => undefined);
  const told = await ask(connectTo(peer.port, { url: new URL(`https://127.0.0.1:${peer.port}`), connectMs: 200 }));
  expect(told.events).toEqual(['failure']);
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s the certificate must hold the host’s name, or its address where that is the host', async (maxVersion) => {
  const { authority, forget } = await trustAuthority();
  const { certificate, key } = await issue(authority, { identity: 'worker', dnsNames: ['gpu.test'], addresses: ['127.0.0.1'] });
  const names: (string | false | null)[] = [];
  const peer = await startPeer((socket) => socket.write(ok('sealed')), (onSocket) => createTlsServer({ cert: certificate, key, maxVersion, ALPNProtocols: ['http/1.1'] }, (socket) => {
    names.push(socket.servername, socket.alpnProtocol);
    onSocket(socket);
  }));
  const over = (host: string) => connectTo(peer.port, { url: new URL(`https://${host}:${peer.port}`) });
  const named = over('gpu.test');
  for (let i = 0; i < 3; i++) expect((await ask(named)).body).toBe('sealed');
  expect([peer.sockets.length, names]).toEqual([1, ['gpu.test', 'http/1.1']]);
  expect((await ask(over('127.0.0.1'))).body).toBe('sealed');
  const other = over('other.test');
  // Twice, because what was learnt of the first handshake must not spare the second its check.
  for (let i = 0; i < 2; i++) expect((await ask(other)).events).toEqual(['failure']);
  forget();
  expect((await ask(over('gpu.test'))).events).toEqual(['failure']);
});

test('a session of TLS is taken up again by the next connection, and large answers pass', async () => {
  const { authority } = await trustAuthority();
  const { certificate, key } = await issue(authority, { identity: 'worker', dnsNames: ['gpu.test'] });
  const reused: boolean[] = [];
  const large = 'x'.repeat(1_000_000);
  const peer = await startPeer((socket) => socket.write(ok(large, 'connection: close')), (onSocket) => createTlsServer({ cert: certificate, key }, (socket) => {
    reused.push(socket.isSessionReused());
    onSocket(socket);
  }));
  const connections = connectTo(peer.port, { url: new URL(`https://gpu.test:${peer.port}`) });
  for (let i = 0; i < 2; i++) expect((await ask(connections, [Buffer.alloc(200_000, 'y'), Buffer.from(mark)])).body === large).toBe(true);
  expect(reused).toEqual([false, true]);
});
