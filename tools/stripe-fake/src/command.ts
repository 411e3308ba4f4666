import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import type { StripeFakeOptions } from './options.ts';

/** Reads the command line. Prints help or what is wrong, and ends the process, where there is nothing to start. */
export function readCommandLine(argv: readonly string[]): StripeFakeOptions {
  const command = new Command('stripe-fake')
    .description('A fake of Stripe with a memory: API, Checkout, webhooks, and a door through which banks and customers are played.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 0)
    .option('--seed <number>', 'seed of ids and of chance', wholeNumber(0, 2 ** 31), 1)
    .option('--api-key-file <file>', 'file with the key that is let in (default: the key sk_test_fake)')
    .option('--webhook-url <url>', 'where events are sent')
    .option('--webhook-secret-file <file>', 'file with the secret that events are signed with (default: the secret whsec_fake)')
    .option('--webhook-events <types>', 'types of events to send, separated by commas (default: all)', (types) => types.split(','))
    .parse(argv, { from: 'user' });
  const options = command.opts<{ host: string; port: number; seed: number; apiKeyFile?: string; webhookUrl?: string; webhookSecretFile?: string; webhookEvents?: string[] }>();
  const { host, port, seed, apiKeyFile, webhookUrl, webhookSecretFile, webhookEvents } = options;
  return {
    host,
    port,
    seed,
    apiKey: readSecret(command, apiKeyFile),
    webhook: webhookUrl === undefined ? undefined : { url: webhookUrl, secret: readSecret(command, webhookSecretFile) ?? 'whsec_fake', events: webhookEvents },
  };
}

function readSecret(command: Command, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return command.error(`error: ${file} cannot be read`);
  }
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}
