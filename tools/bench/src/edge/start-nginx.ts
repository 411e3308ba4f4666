import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureCommand, freePort, startKeptProcess } from '@tacet/servers';
import type { BenchContext } from '../frame/bench.ts';
import { cores, pin } from './pin.ts';
import { chatPath } from './start-upstream.ts';
import type { Target } from './target.ts';
import { untilPortAnswers } from './until-port-answers.ts';

const stopMs = 5_000;
const idleConnections = 4_096;

/** nginx as it proxies best: one worker, kept connections, nothing buffered, nothing logged. */
function configuration(folder: string, port: number, upstreamPort: number): string {
  return `
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 16384; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  client_max_body_size 32m;
  client_body_buffer_size 32m;
  keepalive_requests 1000000000;
  upstream worker { server 127.0.0.1:${upstreamPort}; keepalive ${idleConnections}; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://worker;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 900s;
    }
  }
}
`;
}

/** Starts nginx before the upstream; installs it where this user may. */
export async function startNginx(context: BenchContext, upstreamPort: number): Promise<Target> {
  await ensureCommand('nginx', 'nginx-light', context.tell);
  const folder = join(context.folder, 'nginx');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configuration(folder, port, upstreamPort));
  const nginx = await startKeptProcess({ name: 'nginx', command: 'nginx', arguments: ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], environment: { PATH: `${process.env['PATH']}:/usr/sbin` }, stopMs });
  context.onStop(() => nginx.stop());
  await untilPortAnswers('nginx', port);
  await pin(nginx.pid, cores.proxy);
  return { name: 'nginx', port, path: chatPath, headers: () => Promise.resolve({}), pid: nginx.pid };
}
