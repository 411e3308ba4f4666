import { helpText, readCommandLine } from './command-line.ts';
import { runChaos } from './run-chaos.ts';

const command = readCommandLine(process.argv.slice(2), Math.random());
switch (command.kind) {
  case 'help':
    process.stdout.write(helpText);
    break;
  case 'wrong':
    process.stderr.write(`${command.problem}\n\n${helpText}`);
    process.exitCode = 2;
    break;
  case 'kills': {
    const { kills, seed, restEvery } = command;
    const { holds, line } = await runChaos({ kills, seed, restEvery, write: (text) => void process.stderr.write(text) });
    process.stdout.write(`${line}\n`);
    if (!holds) process.stderr.write(`to repeat it: npm run --silent chaos -- --kills ${kills} --seed ${seed} --rest-every ${restEvery}\n`);
    process.exitCode = holds ? 0 : 1;
  }
}
