import { randomInt } from 'node:crypto';
import { freePort } from '@tacet/servers';

/** Below the range that systems take the ports of outgoing connections from, so that none is lost before it is used. */
const lowest = 10_000;
const highest = 30_000;

/** Hands out free ports, each once; several runs on one machine start at random places. */
export function createPortSource(): () => Promise<number> {
  const given = new Set<number>();
  return async () => {
    const port = await freePort(randomInt(lowest, highest), given);
    given.add(port);
    return port;
  };
}
