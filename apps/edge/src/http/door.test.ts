import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { Door } from './door.ts';

test('what is written leaves at once, without waiting for what was written before to be acknowledged; an idle connection outlives the usual load balancer’s; a door that leaves says so', async () => {
  let seen: Socket | undefined;
  const door = new Door({
    bodyMs: 1_000, connectionsMax: 10, tls: undefined,
    handle: (request, response) => {
      seen = request.socket;
      response.end('x');
    },
  });
  await door.listen('127.0.0.1', 0);
  const socket = connect(door.port, '127.0.0.1');
  const ask = async () => {
    socket.write('GET / HTTP/1.1\r\nhost: e\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  };
  expect(Number(/keep-alive: timeout=(\d+)/i.exec(await ask())?.[1])).toBeGreaterThan(75);
  // Node has no question for it, but remembers what it told the system.
  const noDelay = Object.getOwnPropertySymbols(seen).find(({ description }) => description === 'kSetNoDelay');
  expect(noDelay === undefined ? undefined : (seen as unknown as Record<symbol, boolean>)[noDelay]).toBe(true);
  door.leave();
  expect(await ask()).toMatch(/connection: close/i);
  await door.close();
  socket.destroy();
});
