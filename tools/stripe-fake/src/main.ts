import { readCommandLine } from './command.ts';
import { startStripeFake } from './start-stripe-fake.ts';

const fake = await startStripeFake(readCommandLine(process.argv.slice(2)));
process.stdout.write(`${JSON.stringify({ event: 'listening', url: fake.url, port: fake.port })}\n`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void fake.stop());
