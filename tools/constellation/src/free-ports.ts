import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { freePort } from '@tacet/servers';

/** Below the range that systems take the ports of outgoing connections from, so that none is lost before it is used. */
const lowest = 10_000;
const highest = 30_000;
/** Ports that are taken together. */
const blockPorts = 40;
const attemptsMax = 1_000;

/**
 * Hands out free ports, each once. A block of them belongs to whoever listens on its first port, which is held to the end of this
 * process: between the choice of a port and its use no other run on this machine can choose it, too.
 */
export function createPortSource(): () => Promise<number> {
  let next = 0;
  let end = 0;
  const given = new Set<number>();
  let turn: Promise<unknown> = Promise.resolve();
  const take = async () => {
    if (next === end) {
      const first = await takeBlock();
      next = first + 1;
      end = first + blockPorts;
    }
    const port = await freePort(next++, given);
    given.add(port);
    return port;
  };
  return () => {
    const taking = turn.then(take);
    turn = taking.catch(() => undefined);
    return taking;
  };
}

async function takeBlock(): Promise<number> {
  for (let attempts = 0; attempts < attemptsMax; attempts++) {
    const first = lowest + randomInt((highest - lowest) / blockPorts) * blockPorts;
    if (await hold(first)) return first;
  }
  throw new Error(`no block of ports is free between ${lowest} and ${highest}`);
}

function hold(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}
