import type { Command } from './command-line.ts';
import { runBroken } from './run-broken.ts';
import { FaultLog } from './fault-log.ts';
import type { ChaosResult } from './look-at-books.ts';
import { runChaos } from './run-chaos.ts';

type Write = (text: string) => unknown;
type Runnable = Exclude<Command, { kind: 'help' | 'wrong' }>;

/** Does what was asked for; answers the exit code (`helpText` lists them). `tell`: what happens; `write`: the last line. */
export async function runCommand(command: Runnable, write: Write, tell: Write): Promise<number> {
  try {
    if (command.kind === 'break') {
      tell(`without the rule: ${command.broken.sentence}\n`);
      return await runBroken(command.broken, command.further);
    }
    const { holds, line } = await run(command, tell);
    if (!holds) tell(`to repeat it: npm run --silent chaos -- ${repeat(command)}\n`);
    write(`${line}\n`);
    return holds ? 0 : 1;
  } catch (error) {
    tell(`the run failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 3;
  }
}

function run(command: Exclude<Runnable, { kind: 'break' }>, tell: Write): Promise<ChaosResult> {
  const write = (text: string) => void tell(text);
  return command.kind === 'scenario' ? command.scenario.run(new FaultLog(write)) : runChaos({ ...command, write });
}

function repeat(command: Exclude<Runnable, { kind: 'break' }>): string {
  if (command.kind === 'scenario') return `--scenario ${command.scenario.name}`;
  const { kills, seed, restEvery, faultNames } = command;
  return `--kills ${kills} --seed ${seed} --rest-every ${restEvery}${faultNames ? ` --faults "${faultNames.join(',')}"` : ''}`;
}
