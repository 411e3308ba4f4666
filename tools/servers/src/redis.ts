import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand } from './install.ts';
import { startKeptProcess, type KeptProcess } from './kept-process.ts';
import { waitForLine } from './wait-for-line.ts';

/** A running redis-server of the machine, on loopback, that writes nothing to disk. */
export interface RedisServer extends KeptProcess {
  readonly port: number;
  readonly url: string;
}

/** Starts redis-server in `folder`, installing the system's package where it is missing and may be. */
export async function startRedis(folder: string, port: number, tell: (line: string) => void = () => undefined): Promise<RedisServer> {
  await ensureCommand('redis-server', 'redis-server', tell);
  await mkdir(folder, { recursive: true });
  const server = await startKeptProcess({
    name: 'redis',
    command: 'redis-server',
    arguments: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, '--daemonize', 'no'],
    environment: { PATH: process.env['PATH'] },
    stopMs: 5_000,
  });
  const log = createWriteStream(join(folder, 'redis.log'), { flags: 'a' });
  server.stdout.pipe(log);
  await waitForLine(server, /Ready to accept connections/, 15_000);
  return Object.assign(server, { port, url: `redis://127.0.0.1:${port}` });
}
