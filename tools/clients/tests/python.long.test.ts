/** The official Python clients, unmodified, in one process that does a step at a time; they come from PyPI into a virtual environment. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { chatOnlyModel, model, startDeployment, type Deployment } from './deployment.ts';

const execute = promisify(execFile);
const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let deployment: Deployment;
let python: ChildProcess;
let answers: AsyncIterator<string>;
beforeAll(async () => {
  const [command] = await Promise.all([installClients(), startDeployment().then((started) => (deployment = started))]);
  python = spawn(command, [fileOf('./clients.py')], { env: { PATH: process.env['PATH'], PYTHONIOENCODING: 'utf-8' }, stdio: ['pipe', 'pipe', 'inherit'] });
  if (python.stdout === null) throw new Error('python has no output');
  const lines: Interface = createInterface(python.stdout);
  answers = lines[Symbol.asyncIterator]();
  expect((await answers.next()).value).toBe('"ready"');
}, 600_000);
afterAll(async () => {
  python.stdin?.end();
  await deployment.stop();
});

/** The python of an environment with exactly the clients of requirements.txt; made anew when they change. */
async function installClients(): Promise<string> {
  const requirements = fileOf('./requirements.txt');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tacet', `python-clients-${version}`);
  const command = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return command;
  await mkdir(folder, { recursive: true });
  await execute('python3', ['-m', 'venv', '--clear', folder]);
  await execute(command, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--no-deps', '--requirement', requirements]);
  await writeFile(complete, '');
  return command;
}

const spoken = 'Grüße, 世界! 🦊 said the fox.';
type Demo = Parameters<Deployment['nextAnswer']>[0];

/** Has a step of clients.py done, with the worker's next answer as told. */
async function run(step: string, demo: Demo | undefined, options: { readonly of?: string; readonly apiKey?: string } = {}): Promise<unknown> {
  const { of = model, apiKey = deployment.apiKey } = options;
  if (demo) await deployment.nextAnswer(demo, of);
  python.stdin?.write(`${JSON.stringify([step, deployment.url, apiKey, of])}\n`);
  const { value, done } = await answers.next();
  if (done === true) throw new Error('python has ended; see above');
  return JSON.parse(value) as unknown;
}

describe('openai', () => {
  test.each<[string, string, Demo, unknown]>([
    ['answers', 'openai_plain', { echo: true }, { text: spoken, counted: true }],
    ['streams', 'openai_stream', { echo: true }, { text: spoken, counted: true }],
    ['puts a stream together', 'openai_helper', { echo: true }, { text: spoken, role: 'assistant' }],
    ['reads a stream without role, index and envelope', 'openai_helper', { echo: true, noRole: true, noIndex: true, noEnvelope: true }, { text: spoken, role: 'assistant' }],
    ['reads a stream in writes of one byte, with comments and CR LF', 'openai_stream', { echo: true, writeBytes: 1, comments: true, crlf: true }, { text: spoken, counted: true }],
    ['calls tools', 'openai_tools', { tool: true }, { name: 'get_weather', given: true }],
    ['gives structured output', 'openai_structured', { echo: true }, { animal: 'fox', legs: 4 }],
    ['reads responses', 'openai_responses', { echo: true }, { text: spoken }],
    ['is told of an error in the middle', 'openai_stream', { errorAfter: 5 }, { error: 'APIError', status: null }],
  ])('%s', async (_, step, demo, expected) => {
    expect(await run(step, demo)).toEqual(expected);
  });

  test('makes vectors', async () => {
    expect(await run('openai_embeddings', undefined)).toEqual({ vectors: 2 });
  });

  test('stops the worker when it closes a stream', async () => {
    expect(await run('openai_abort', { tokens: 10_000, tokensPerSecond: 50 })).toEqual({ closed: true });
    await eventually('the worker is told', () => deployment.wasAborted());
  });
});

describe.each([model, chatOnlyModel])('anthropic, with %s', (of) => {
  test.each<[string, string, Demo, unknown]>([
    ['answers', 'anthropic_plain', { echo: true }, { text: spoken, counted: true }],
    ['streams', 'anthropic_stream', { echo: true }, { text: spoken, stop: 'end_turn' }],
    ['reads a stream in writes of one byte, with comments and CR LF', 'anthropic_stream', { echo: true, writeBytes: 1, comments: true, crlf: true }, { text: spoken, stop: 'end_turn' }],
    ['calls tools', 'anthropic_tools', { tool: true }, { name: 'get_weather', given: true }],
  ])('%s', async (_, step, demo, expected) => {
    expect(await run(step, demo, { of })).toEqual(expected);
  });

  test('stops the worker when it closes a stream', async () => {
    expect(await run('anthropic_abort', { tokens: 10_000, tokensPerSecond: 50 }, { of })).toEqual({ closed: true });
    await eventually('the worker is told', () => deployment.wasAborted(of));
  });

  test('is told of a stream that breaks off', async () => {
    expect(await run('anthropic_stream', { abortAfter: 5 }, { of })).toMatchObject({ error: expect.stringMatching(/Error$/) });
  });
});

test.each(['openai_plain', 'anthropic_plain'])('%s: each error has its class', async (step) => {
  expect(await run(step, undefined, { apiKey: 'tct_live_nobody' })).toEqual({ error: 'AuthenticationError', status: 401 });
  expect(await run(step, undefined, { of: 'no-such-model' })).toEqual({ error: 'NotFoundError', status: 404 });
  expect(await run(step, { status: 500 })).toEqual({ error: 'InternalServerError', status: 502 });
  const apiKey = await deployment.createKey({ limits: { requestsPerMinute: 1 } });
  await run(step, undefined, { apiKey });
  expect(await run(step, undefined, { apiKey })).toEqual({ error: 'RateLimitError', status: 429 });
});
