/** `npm test [PROJECT...]`: lint, types and every test, on real servers. */
import { runTests } from './test-run/run.ts';

// Nx would ask its children for colours wherever they write to.
const environment = process.stdout.isTTY ? process.env : { ...process.env, FORCE_COLOR: '0' };
const run = runTests(process.argv.slice(2), environment, (text) => process.stdout.write(text));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => run.stop());
// The command that started this one has ended without a word.
process.on('disconnect', () => run.stop());
process.channel?.unref();
process.exitCode = await run.done;
