import { readCommandLine } from './command.ts';
import { startDemoWorker } from './start-demo-worker.ts';

const worker = await startDemoWorker(readCommandLine(process.argv.slice(2)));
process.stdout.write(`${JSON.stringify({ event: 'listening', url: worker.url, port: worker.port, models: worker.models, engine: worker.engine })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void worker.stop());
