import { createServer, type AddressInfo } from 'node:net';

const attemptsMax = 200;

/** A loopback port that nothing listens on now: the wanted one or the next free after it; any, for 0. */
export async function freePort(wanted = 0, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let port = wanted, attempts = 0; attempts < attemptsMax; port += wanted === 0 ? 0 : 1, attempts++) {
    if (taken.has(port)) continue;
    const free = await tryPort(port);
    if (free !== undefined && !taken.has(free)) return free;
  }
  throw new Error(`no free port among the ${attemptsMax} after ${wanted}`);
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error)));
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => resolve(bound));
    });
  });
}
