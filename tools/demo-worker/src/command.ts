import { Command, InvalidArgumentError, Option } from 'commander';
import { engines, type DemoWorkerOptions } from './options.ts';

/** Reads the command line. Prints help or what is wrong, and ends the process, where there is nothing to start. */
export function readCommandLine(argv: readonly string[]): DemoWorkerOptions {
  const command = new Command('demo-worker')
    .description('An OpenAI-compatible server that imitates a GPU worker. It has no model: its answers are made of random words.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .option('--models <ids>', 'ids of the models, separated by commas', (ids) => ids.split(','), ['demo'])
    .option('--seed <number>', 'seed of the answers', wholeNumber(0, 2 ** 31), 1)
    .option('--tokens-per-second <number>', 'pace of each answer; 0 is as fast as it goes', atLeastZero, 50)
    .option('--first-token-ms <ms>', 'time before the first token', wholeNumber(0, 3_600_000), 50)
    .option('--slots <number>', 'requests that run at once (default: no bound)', wholeNumber(1, 1_000_000))
    .addOption(new Option('--when-full <what>', 'what happens without a free slot').choices(['queue', 'refuse']).default('queue'))
    .option('--record', 'keep headers and bodies of requests for GET /demo/requests', false)
    .addOption(new Option('--engine <name>', 'the engine to imitate').choices(engines).default('vllm'))
    .option('--context-tokens <number>', 'context length', wholeNumber(1, 100_000_000), 131_072)
    .parse(argv, { from: 'user' });
  return command.opts<DemoWorkerOptions>();
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

function atLeastZero(text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new InvalidArgumentError('It must be a number from 0.');
  return value;
}
