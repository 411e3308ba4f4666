import { helpText, readCommandLine } from './command-line.ts';
import { runCommand } from './run-command.ts';

const command = readCommandLine(process.argv.slice(2), Math.random());
switch (command.kind) {
  case 'help':
    process.stdout.write(helpText);
    break;
  case 'wrong':
    process.stderr.write(`${command.problem}\n\n${helpText}`);
    process.exitCode = 2;
    break;
  default:
    process.exitCode = await runCommand(command, (text) => process.stdout.write(text), (text) => process.stderr.write(text));
}
