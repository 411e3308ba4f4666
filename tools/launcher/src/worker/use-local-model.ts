import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inheritedEnvironment, sourceArguments } from '@tacet/constellation';
import { startKeptProcess, type KeptProcess } from '@tacet/servers';
import { listServedModels } from './ask-server.ts';
import type { WorkerSurroundings } from './choose-worker.ts';
import type { ChosenWorker } from './chosen-worker.ts';

const stopMs = 5_000;
const readyMs = 120_000;
const pollMs = 50;
const askMs = 2_000;

/** The id that clients send for a file: its name, in characters that need no quotes anywhere. */
export function idOfModelFile(file: string): string {
  return basename(file)
    .replace(/\.gguf$/i, '')
    .replaceAll(/[^\w.:-]+/g, '-');
}

/** Serves a GGUF file with the local worker. */
export async function useLocalModel(file: string, id: string, { port, paths, supervisor }: WorkerSurroundings): Promise<ChosenWorker> {
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const server = await startKeptProcess({
      name: 'worker',
      command: process.execPath,
      arguments: sourceArguments('tools/local-worker/src/main.ts', ['--port', String(port), '--model', file, '--id', id]),
      environment: inheritedEnvironment(process.env),
      stopMs,
    });
    const log = createWriteStream(paths.log('worker'), { flags: 'a', mode: 0o600 });
    server.stdout.pipe(log, { end: false });
    server.stderr.pipe(log, { end: false });
    void server.ended.then(() => log.end());
    return server;
  };
  await supervisor.add<KeptProcess>({ name: 'worker', start, ready: (server) => untilItServes(server, url) });
  const models = (await listServedModels(url, askMs)) ?? [];
  const [model] = models;
  if (model === undefined) throw new Error('the local worker serves no model; see logs/worker.log');
  return { kind: 'local', pools: [{ id: 'local', url, kind: 'local', models: models.map(({ id }) => id) }], models, model: model.id, told: `${model.id}, served here from ${basename(file)}` };
}

async function untilItServes(server: KeptProcess, url: string): Promise<void> {
  for (const end = performance.now() + readyMs; ; await sleep(pollMs)) {
    if ((await listServedModels(url, askMs))?.length) return;
    if (!server.running) throw new Error(`the local worker ended with code ${(await server.ended).code}; see logs/worker.log`);
    if (performance.now() > end) throw new Error(`the local worker did not answer within ${readyMs / 1000} s; see logs/worker.log`);
  }
}
