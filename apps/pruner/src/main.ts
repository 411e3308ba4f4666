import { runProcess } from '@tacet/service';
import { loadConfig } from './config.ts';
import { readArguments, usage } from './read-arguments.ts';
import { startPruner } from './start-pruner.ts';

const task = readArguments(process.argv.slice(2));
if (task === undefined) {
  process.stderr.write(usage);
  process.exitCode = 64;
} else {
  await runProcess({
    name: 'pruner',
    loadConfig: (environment, execArgv) => loadConfig(task, environment, execArgv),
    start: startPruner,
  });
}
