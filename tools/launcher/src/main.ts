/** `npm start`: the whole product on one machine. README.md describes its options. */
import { parseLauncherArguments } from './arguments.ts';
import { helpText } from './help.ts';
import { runLauncher } from './run-launcher.ts';

const parsed = parseLauncherArguments(process.argv.slice(2), process.env);
switch (parsed.kind) {
  case 'help':
    process.stdout.write(helpText);
    break;
  case 'wrong':
    process.stderr.write(`${parsed.problem}\nnpm start -- --help lists the options.\n`);
    process.exitCode = 2;
    break;
  case 'run':
    process.exitCode = await runLauncher(parsed.options);
}
