import { runCli } from './run-cli.ts';

const interrupt = new AbortController();
// The first Ctrl-C ends the running call and says how to go on; a second ends the process.
process.once('SIGINT', () => interrupt.abort());
process.exitCode = await runCli({
  arguments: process.argv.slice(2),
  environment: process.env,
  execArgv: process.execArgv,
  folder: process.cwd(),
  input: process.stdin,
  output: process.stdout,
  messages: process.stderr,
  signal: interrupt.signal,
  now: Date.now,
});
