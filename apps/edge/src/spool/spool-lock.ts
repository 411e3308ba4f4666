import { statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { platform } from 'node:os';
import { join } from 'node:path';

/** Longest path of a Unix socket, in bytes (sun_path of unix(7), less its end). */
const socketPathBytesMax = 107;

/** Held while exactly this process may use a spool folder. */
export interface SpoolLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a spool folder: a listening Unix socket in it, which the system closes with the process.
 * On Linux a socket in the abstract name space is held besides, so that two processes that start at once over
 * the socket of a dead one cannot both take it for theirs. Throws an `Error` when another process has it.
 */
export async function lockSpool(folder: string): Promise<SpoolLock> {
  const path = join(folder, 'lock');
  if (Buffer.byteLength(path) > socketPathBytesMax) throw new Error(`TACET_EDGE_SPOOL_DIR: the path is longer than ${socketPathBytesMax - 5} bytes`);
  const { dev, ino } = statSync(folder);
  const gate = platform() === 'linux' ? await listen(`\0tacet-spool-${dev}-${ino}`) : undefined;
  try {
    if (await answers(path)) throw inUse();
    try {
      unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const server = await listen(path);
    return {
      release: async () => {
        await close(server);
        if (gate) await close(gate);
      },
    };
  } catch (error) {
    if (gate) await close(gate);
    throw error;
  }
}

function inUse(): Error {
  return new Error('TACET_EDGE_SPOOL_DIR: another process uses this spool');
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? inUse() : error));
    server.listen(path, () => resolve(server));
  });
}

/** Whether a process listens on the socket. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
