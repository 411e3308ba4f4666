import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.ts';

process.exitCode = runCommand(fileURLToPath(new URL('../../..', import.meta.url)), process.argv.slice(2), (text) => void process.stdout.write(text));
