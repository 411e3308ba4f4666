import { CommanderError } from 'commander';
import { connect, type OperatorService } from './connect.ts';
import { describeFailure, exitCodes, type Failure } from './failure.ts';
import type { Operator, Outcome, Run } from './operator.ts';
import { createOutput, type Output } from './output.ts';
import { choosePaint, type Paint } from './paint.ts';
import { createProgram } from './program.ts';
import { findSettings, type Flags, type Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

/** Deadline of a call: longer than those that account itself gives to billing and key-service meanwhile. */
const operatorDeadlineMs = 15_000;

/** Runs one command line to its end. Resolves to the exit code: 0 ok, 1 failed, 2 wrong usage, 130 interrupted. */
export async function runCli(surroundings: Surroundings): Promise<number> {
  const { output: answers, messages, environment, signal } = surroundings;
  const json = surroundings.arguments.includes('--json');
  const output = createOutput(answers, messages, environment, json);
  // A reader that leaves (`| head`) is told to the write that meets it; without a listener it would be a crash.
  answers.on('error', () => undefined);
  let outcome: Outcome = 'ok';
  let settings: Settings = {};
  const run: Run =
    (work) =>
    async (...given) => {
      const flags = (given.at(-1) as { optsWithGlobals(): Flags }).optsWithGlobals();
      settings = findSettings(flags, environment, surroundings.execArgv, foldersOf(surroundings));
      const { operator, close } = openOperator(surroundings, settings, output);
      try {
        outcome = await work(operator, ...given);
      } finally {
        close();
      }
    };
  try {
    await createProgram(run, answers, messages).parseAsync([...surroundings.arguments], { from: 'user' });
    return outcome === 'ok' ? exitCodes.ok : exitCodes.failed;
  } catch (error) {
    if (error instanceof CommanderError) return await tellUsage(error, output);
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return exitCodes.ok;
    return tell(describeFailure(error, settings, signal.aborted), output, choosePaint(messages, environment));
  }
}

function openOperator(surroundings: Surroundings, settings: Settings, output: Output): { operator: Operator; close: () => void } {
  const clients: { close(): void }[] = [];
  const { input, messages, signal, now } = surroundings;
  const operator: Operator = {
    input,
    messages,
    signal,
    call: { signal, deadlineMs: operatorDeadlineMs },
    now,
    folder: foldersOf(surroundings)[0],
    output,
    settings,
    client: <S extends OperatorService>(service: S) => {
      const client = connect(service, settings);
      clients.push(client);
      return client;
    },
  };
  return { operator, close: () => clients.forEach((client) => client.close()) };
}

/** Where relative paths start and `.tacet` is looked for: the folder that `npm run` was typed in, then npm's own. */
function foldersOf({ environment, folder }: Surroundings): readonly [string, ...string[]] {
  const typedIn = environment['npm_lifecycle_event'] === 'tacet' ? environment['INIT_CWD'] : undefined;
  return typedIn === undefined ? [folder] : [typedIn, folder];
}

/** commander has said on standard error what is wrong; asking for help is not wrong. */
async function tellUsage({ exitCode, message }: CommanderError, output: Output): Promise<number> {
  if (exitCode === 0) return exitCodes.ok;
  if (output.json)
    await output.document({ error: { code: 'usage', message: message.replace(/^error: /, '') } }, () => '').catch(() => undefined);
  return exitCodes.usage;
}

async function tell(failure: Failure, output: Output, paint: Paint): Promise<number> {
  const { code, message, remedy, param, problems, exitCode } = failure;
  output.note(`${paint('red', 'tacet:')} ${code}: ${message}${param === undefined ? '' : ` (${param})`}`);
  if (remedy !== undefined) output.note(`  ${remedy}`);
  if (output.json) {
    const error = {
      code,
      message,
      ...(remedy === undefined ? {} : { remedy }),
      ...(param === undefined ? {} : { param }),
      ...(problems === undefined ? {} : { problems }),
    };
    await output.document({ error }, () => '').catch(() => undefined);
  }
  return exitCode;
}
