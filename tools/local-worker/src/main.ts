import { help, readCommandLine } from './command-line.ts';
import { loadEngine } from './load-engine.ts';
import { startServer } from './start-server.ts';

const tell = (line: string) => void process.stderr.write(`${line}\n`);
try {
  const command = readCommandLine(process.argv.slice(2));
  if (command === undefined) process.stdout.write(help);
  else {
    const engine = await loadEngine({ ...command, tell });
    const server = await startServer({ ...command, engine, model: command.id, tell });
    process.stdout.write(`${JSON.stringify({ event: 'listening', url: server.url, port: server.port, models: [command.id], contextTokens: engine.contextTokens })}\n`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.stop().then(() => engine.dispose()));
  }
} catch (error) {
  tell(`local-worker: ${error instanceof Error ? error.message : 'it could not start'}`);
  process.exitCode = 1;
}
