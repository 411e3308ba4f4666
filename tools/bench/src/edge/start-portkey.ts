import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '@tacet/constellation';
import { freePort, startKeptProcess } from '@tacet/servers';
import type { BenchContext } from '../frame/bench.ts';
import { cores, pin } from './pin.ts';
import { chatPath } from './start-upstream.ts';
import type { Target } from './target.ts';
import { untilPortAnswers } from './until-port-answers.ts';

const execute = promisify(execFile);

/** What is installed, once, into the cache; never part of the workspaces. */
const portkey = '@portkey-ai/gateway@1.15.2';
const stopMs = 5_000;

/** Starts the Portkey gateway before the upstream. */
export async function startPortkey(context: BenchContext, upstreamPort: number): Promise<Target> {
  const script = await installPortkey(context);
  const port = await freePort();
  const preload = fileURLToPath(new URL('./listen-on-loopback.mjs', import.meta.url));
  const environment = { ...inheritedEnvironment(process.env), NODE_ENV: 'production' };
  const gateway = await startKeptProcess({ name: 'portkey', command: process.execPath, arguments: ['--import', preload, script, '--headless', `--port=${port}`], environment, stopMs });
  context.onStop(() => gateway.stop());
  gateway.stdout.resume();
  gateway.stderr.resume();
  await untilPortAnswers('portkey', port);
  await pin(gateway.pid, cores.proxy);
  const headers = { authorization: 'Bearer none', 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1` };
  return { name: 'portkey', port, path: chatPath, headers: () => Promise.resolve(headers), pid: gateway.pid };
}

async function installPortkey({ cacheFolder, tell }: BenchContext): Promise<string> {
  const folder = join(cacheFolder, portkey.replace(/\W+/g, '-'));
  const script = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (existsSync(script)) return script;
  tell(`installing ${portkey} into ${folder}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  await execute('npm', ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', portkey], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
  return script;
}
