/** The connections to a worker, against servers on bare sockets whose every byte a test chooses. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { ask, cleanUpPeers, connectTo, endLater, keepAliveMs, mark, ok, send, startPeer, Told } from '../../tests/worker-peer.ts';

afterEach(cleanUpPeers);

test('requests go one after the other on one connection, and at once on one each; the one used last is taken first', async () => {
  const waiting: (() => void)[] = [];
  const peer = await startPeer((socket, place) => waiting.push(() => socket.write(ok(`on ${place}`))));
  const connections = connectTo(peer.port);
  const first = send(connections).told;
  const second = send(connections).told;
  await eventually('both are there', () => waiting.length === 2);
  const places = peer.received.map((_, place) => place);
  expect(places).toEqual([0, 1]);
  waiting.splice(0).forEach((answer) => answer());
  await eventually('both are answered', () => first.isOver && second.isOver);
  expect([first.events, second.events]).toEqual([['head 200', 'data', 'end'], ['head 200', 'data', 'end']]);
  // Both are idle: the second was used last, and is used again and again.
  for (let i = 0; i < 3; i++) {
    const { told } = send(connections);
    await eventually('it is there', () => waiting.length === 1);
    waiting.pop()?.();
    await eventually('it is answered', () => told.isOver);
    expect(told.body).toBe(second.body);
  }
  expect(peer.sockets.length).toBe(2);
});

test('a request that begins in the end of another one has its connection', async () => {
  const peer = await startPeer((socket) => socket.write(ok('x')));
  const connections = connectTo(peer.port);
  const next = new Told();
  const told = new Told();
  told.onEvent = (event) => {
    if (event === 'end') send(connections, next);
  };
  send(connections, told);
  await eventually('both are answered', () => next.isOver);
  expect([next.events, peer.sockets.length]).toEqual([['head 200', 'data', 'end'], 1]);
});

test('an idle connection is closed when its time is over, and is not used after it', async () => {
  const peer = await startPeer((socket) => socket.write(ok('x')));
  let now = 0;
  const connections = connectTo(peer.port, { monotonicMs: () => now });
  await ask(connections);
  now = keepAliveMs - 1;
  await ask(connections);
  expect(peer.sockets.length).toBe(1);
  now += keepAliveMs;
  await ask(connections);
  expect(peer.sockets.length).toBe(2);
  await eventually('the first is closed', () => peer.sockets[0]!.closed);
  now += keepAliveMs;
  await eventually('the sweep closes the second', () => peer.sockets[1]!.closed);
});

test('a worker that closes idle connections sooner is believed', async () => {
  let seconds = 3;
  const peer = await startPeer((socket) => socket.write(ok('x', `keep-alive: timeout=${seconds}`)));
  let now = 0;
  const connections = connectTo(peer.port, { monotonicMs: () => now });
  await ask(connections);
  now += 1_999;
  await ask(connections);
  expect(peer.sockets.length).toBe(1);
  now += 2_000;
  seconds = 1;
  await ask(connections);
  expect(peer.sockets.length).toBe(2);
  await eventually('the second is not kept', () => peer.sockets[1]!.closed);
});

test.each([
  ['closes it', (socket: Socket) => socket.end()],
  ['resets it', (socket: Socket) => socket.resetAndDestroy()],
  ['says something unasked', (socket: Socket) => socket.write(ok('not yours'))],
])('an idle connection on which the worker %s is used no more', async (_what, does) => {
  const peer = await startPeer((socket, place) => socket.write(ok(`on ${place}`)));
  const connections = connectTo(peer.port);
  expect((await ask(connections)).body).toBe('on 0');
  does(peer.sockets[0]!);
  // Its end is on its way: what goes out before it is here fails as anything does that a closed connection meets.
  await eventually('another one is used', async () => (await ask(connections)).body === 'on 1');
  expect(peer.sockets[0]!.closed).toBe(true);
});

test.each([
  ['two answers in one read', `${ok('yours')}${ok('another’s'.slice(0, 7))}`, 'yours'],
  ['bytes behind its answer', `${ok('yours')}x`, 'yours'],
  ['a body where there can be none', `HTTP/1.1 204 No Content\r\ncontent-length: 7\r\n\r\n${ok('another')}`, ''],
  ['a second answer behind chunks', `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nyours\r\n0\r\n\r\n${ok('another')}`, 'yours'],
])('a worker that sends %s answers one request, and nothing of it reaches the next', async (_what, text, body) => {
  const peer = await startPeer((socket, place) => socket.write(place === 0 ? text : ok('mine')));
  const connections = connectTo(peer.port);
  const told = await ask(connections);
  expect([told.events.at(-1), told.body]).toEqual(['end', body]);
  expect((await ask(connections)).body).toBe('mine');
  await eventually('the first connection is closed', () => peer.sockets[0]!.closed);
});

test.each([
  ['closes before its answer', (socket: Socket) => socket.end()],
  ['closes in its answer', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc')],
  ['resets an answer without a length', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nabc', () => setTimeout(() => socket.resetAndDestroy(), 50))],
  ['sends what is no answer', (socket: Socket) => socket.write('HTTP/1.1 200 OK\ncontent-length: 0\n\n')],
])('a worker that %s has failed, once, and its connection is closed', async (_what, does) => {
  const peer = await startPeer(does);
  const told = await ask(connectTo(peer.port));
  expect([told.events.at(-1), told.events.filter((event) => event === 'failure' || event === 'end').length]).toEqual(['failure', 1]);
  await eventually('it is closed', () => peer.sockets[0]!.closed);
});

test('the end of the connection is the end of an answer without a length', async () => {
  const peer = await startPeer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nall'));
  const told = await ask(connectTo(peer.port));
  expect([told.events.at(-1), told.body]).toEqual(['end', 'all']);
});

test('no connection is a failure, which is told after send has returned', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  expect((await ask(connectTo(port))).events).toEqual(['failure']);
});

test('a connection that does not come about ends with its time', async () => {
  // It listens, and never looks: once its queue is full nobody answers.
  const blocked = `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port) + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const child = spawn(process.execPath, ['-e', blocked], { stdio: ['ignore', 'pipe', 'ignore'] });
  endLater(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  for (let i = 0; i < 8; i++) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    endLater(() => filler.destroy());
  }
  const connections = connectTo(port, { connectMs: 300 });
  // The first ones may still find room in the queue, which is no connection either as long as nobody answers.
  const told = Array.from({ length: 4 }, () => send(connections).told);
  await eventually('one has failed', () => told.some(({ events }) => events.includes('failure')));
  expect(told.every(({ events }) => events.length === 0 || events.join() === 'failure')).toBe(true);
});

test('a receiver that wants no more slows the worker down, and gets the rest in order when it does', async () => {
  const piece = 'x'.repeat(65_536);
  const pieces = 256;
  const peer = await startPeer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${piece.length * pieces}\r\n\r\n`);
    for (let i = 0; i < pieces; i++) socket.write(piece);
  });
  const told = new Told();
  told.wantsMore = false;
  const { attempt } = send(connectTo(peer.port), told);
  await eventually('the first piece', () => told.body !== '');
  const seen = told.body.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(told.body.length).toBe(seen);
  expect(peer.sockets[0]!.writableLength).toBeGreaterThan(0);
  told.wantsMore = true;
  attempt.resume();
  await eventually('all of it', () => told.isOver);
  expect([told.events.at(-1), told.body === piece.repeat(pieces)]).toEqual(['end', true]);
});

test('the end waits for a receiver that wants no more, and its connection is not used again', async () => {
  const peer = await startPeer((socket, place) => socket.write(ok(`on ${place}`)));
  const connections = connectTo(peer.port);
  const told = new Told();
  told.wantsMore = false;
  const { attempt } = send(connections, told);
  await eventually('the body', () => told.body !== '');
  expect((await ask(connections)).body).toBe('on 1');
  expect(told.events).toEqual(['head 200', 'data']);
  attempt.resume();
  expect(told.events).toEqual(['head 200', 'data', 'end']);
  await eventually('it is closed', () => peer.sockets[0]!.closed);
});

test('a worker that leaves does not take away the end of what a receiver has not wanted yet', async () => {
  const peer = await startPeer((socket) => socket.end(ok('x', 'connection: close')));
  const told = new Told();
  told.wantsMore = false;
  const connections = connectTo(peer.port);
  const { attempt } = send(connections, told);
  await eventually('the body', () => told.body !== '');
  peer.sockets[0]!.destroy();
  connections.destroy();
  attempt.resume();
  expect(told.events).toEqual(['head 200', 'data', 'end']);
});

test.each(['send', 'head 200', 'data'])('a request that is given up at %s is told nothing more, and its worker sees it', async (stage) => {
  const peer = await startPeer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n');
    setTimeout(() => socket.write('1\r\ny\r\n0\r\n\r\n'), 50);
  });
  const connections = connectTo(peer.port);
  const told = new Told();
  told.onEvent = (event) => {
    if (event === stage) attempt.abort();
  };
  const { attempt } = send(connections, told);
  if (stage === 'send') attempt.abort();
  else await eventually('its worker sees it', () => peer.sockets[0]?.closed === true);
  const next = await ask(connections);
  expect(next.body).toBe('xy');
  expect(told.events).toEqual({ send: [], 'head 200': ['head 200'], data: ['head 200', 'data'] }[stage]);
});

test('a request that is given up before its answer ends at the worker', async () => {
  const peer = await startPeer(() => undefined);
  const { attempt, told } = send(connectTo(peer.port));
  await eventually('it is there', () => peer.received[0]?.endsWith(mark) === true);
  attempt.abort();
  await eventually('its worker sees it', () => peer.sockets[0]!.closed);
  expect(told.events).toEqual([]);
});

test('whoever has had its answer does nothing to the next request on its connection', async () => {
  const waiting: (() => void)[] = [];
  const peer = await startPeer((socket) => waiting.push(() => socket.write(ok('x'))));
  const connections = connectTo(peer.port);
  const first = send(connections);
  await eventually('it is there', () => waiting.length === 1);
  waiting.pop()?.();
  await eventually('it is answered', () => first.told.isOver);
  const second = send(connections);
  await eventually('the second is there', () => waiting.length === 1);
  first.attempt.abort();
  first.attempt.resume();
  waiting.pop()?.();
  await eventually('the second is answered', () => second.told.isOver);
  expect([second.told.events, peer.sockets.length]).toEqual([['head 200', 'data', 'end'], 1]);
});

test('a large body arrives byte for byte; a worker that answers without having taken it gets nothing more on that connection', async () => {
  const pieces = Array.from({ length: 20 }, (_, i) => Buffer.alloc(1_048_576, 97 + i));
  const whole = await startPeer((socket) => socket.write(ok('taken')));
  expect((await ask(connectTo(whole.port), [...pieces, Buffer.from(mark)])).body).toBe('taken');
  expect(whole.received[0]!.slice(whole.received[0]!.indexOf('\r\n\r\n') + 4) === `${Buffer.concat(pieces).toString('latin1')}${mark}`).toBe(true);
  const hasty = await startPeer(() => undefined, (onSocket) => createServer((socket) => {
    onSocket(socket);
    socket.pause();
    socket.write(ok('too large'));
  }));
  const connections = connectTo(hasty.port);
  expect((await ask(connections, pieces)).body).toBe('too large');
  expect((await ask(connections)).body).toBe('too large');
  expect(hasty.sockets.length).toBe(2);
});

test('closed connections end what they run and keep nothing; destroyed ones fail it', async () => {
  const waiting: (() => void)[] = [];
  const peer = await startPeer((socket, place) => waiting.push(() => socket.write(ok(`on ${place}`))));
  const connections = connectTo(peer.port);
  const idle = send(connections).told;
  const running = send(connections).told;
  await eventually('both are there', () => waiting.length === 2);
  waiting.shift()?.();
  await eventually('one is idle', () => idle.isOver || running.isOver);
  connections.close();
  await eventually('the idle one is closed', () => peer.sockets.some((socket) => socket.closed));
  waiting.shift()?.();
  await eventually('what ran is answered', () => idle.isOver && running.isOver);
  await eventually('nothing is kept', () => peer.sockets.every((socket) => socket.closed));
  const last = send(connections).told;
  await eventually('it is there', () => waiting.length === 1);
  connections.destroy();
  await eventually('it has failed', () => last.isOver);
  expect([idle.events.at(-1), running.events.at(-1), last.events]).toEqual(['end', 'end', ['failure']]);
});
