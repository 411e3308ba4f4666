import { relative } from 'node:path';
import type { DemoAccount } from './demo-account.ts';
import { paint, type Terminal } from './terminal.ts';
import type { ChosenWorker } from './worker/chosen-worker.ts';

/** A deployment that answers requests. */
export interface Started {
  readonly edgeUrl: string;
  readonly accountUrl: string;
  readonly account: DemoAccount;
  readonly dataFolder: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly worker: ChosenWorker;
}

/** What `--json` prints: one line. */
export function toJsonLine({ edgeUrl, accountUrl, account, dataFolder, pids, worker }: Started): string {
  const { apiKey, email, password } = account;
  return `${JSON.stringify({ edge: edgeUrl, account: accountUrl, apiKey, email, password, dataDir: dataFolder, pids, worker: { kind: worker.kind, model: worker.model } })}\n`;
}

/** What people are shown in the end: where everything is, a command to try, and how to stop. */
export function describeStarted({ edgeUrl, accountUrl, account, dataFolder, worker }: Started, terminal: Terminal): string {
  const bold = (text: string) => paint(terminal, 'bold', text);
  const dim = (text: string) => paint(terminal, 'dim', text);
  const folder = shorten(dataFolder);
  const simulator = [
    `  ${paint(terminal, 'yellow', '!')} The worker is a simulator and answers with random words. For a real model start one with Ollama, LM Studio,`,
    '    llama.cpp or vLLM before npm start, or give --worker URL, --model FILE.gguf, or a network to fetch a small one.',
    '',
  ];
  return [
    '',
    `  API        ${bold(`${edgeUrl}/v1`)}`,
    `  API key    ${bold(account.apiKey)}`,
    `  Model      ${worker.model}`,
    `  Account    ${accountUrl}   ${dim(`${account.email}, password ${account.password}`)}`,
    '',
    ...(worker.kind === 'demo' ? simulator : []),
    '  Try it:',
    '',
    ...curl(edgeUrl, account.apiKey, worker.model).map((line) => `    ${line}`),
    '',
    dim(`  Ctrl-C stops everything and keeps the data. ${folder}/owner.json keeps this key and password.`),
    dim(`  npm start -- --reset deletes ${folder} and starts afresh.`),
  ].join('\n');
}

/** A request that a shell takes as it stands. */
export function curl(edgeUrl: string, apiKey: string, model: string): readonly string[] {
  const body = JSON.stringify({ model, stream: true, max_tokens: 64, messages: [{ role: 'user', content: 'Say hello in one sentence.' }] });
  return [
    `curl -N ${edgeUrl}/v1/chat/completions \\`,
    `  -H 'Authorization: Bearer ${apiKey}' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${body.replaceAll("'", `'\\''`)}'`,
  ];
}

/** Relative to where the person is, when that is shorter. */
export function shorten(folder: string): string {
  const near = relative(process.cwd(), folder);
  return near !== '' && !near.startsWith('..') ? near : folder;
}
