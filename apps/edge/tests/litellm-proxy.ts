import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { parse, stringify } from 'yaml';

const version = '1.106.2';
const installMsMax = 900_000;
const readyMsMax = 300_000;

/** A callback that writes down all that LiteLLM tells callbacks, and apart from it what it tells them for their logs. */
const spy = `import os
from litellm.integrations.custom_logger import CustomLogger

def write(event, kwargs, response):
    logged = [kwargs.get("messages"), kwargs.get("input"), kwargs.get("standard_logging_object"), response]
    with open(os.environ["SPY_FILE"], "a") as file:
        file.write("all " + event + " " + repr(kwargs) + "\\n")
        file.write("logged " + event + " " + repr(logged) + "\\n")

class Spy(CustomLogger):
    def log_success_event(self, kwargs, response_obj, start_time, end_time): write("success", kwargs, response_obj)
    def log_failure_event(self, kwargs, response_obj, start_time, end_time): write("failure", kwargs, response_obj)
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time): write("async_success", kwargs, response_obj)
    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time): write("async_failure", kwargs, response_obj)

spy = Spy()
`;

/** LiteLLM's proxy as a process, with what it printed and what its callbacks were told. */
export interface LiteLlmProxy {
  readonly url: string;
  readonly masterKey: string;
  output(): string;
  /** Lines of all that callbacks got. */
  told(): string;
  /** Of that, what is there to be logged: messages, answer, and the object that LiteLLM's own integrations write. */
  toldForLogs(): string;
  stop(): Promise<void>;
}

/** Installs LiteLLM into the user's cache, once. */
async function install(): Promise<string> {
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tacet', `litellm-${version}`);
  const program = join(folder, 'bin', 'litellm');
  if (existsSync(program)) return program;
  const run = promisify(execFile);
  await run('python3', ['-m', 'venv', folder], { timeout: installMsMax });
  await run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--only-binary=:all:', `litellm[proxy]==${version}`], { timeout: installMsMax });
  return program;
}

/** Starts the proxy in `folder` before a worker, with the example configuration of the documentation and the spy in it. */
export async function startLiteLlmProxy(folder: string, workerUrl: string): Promise<LiteLlmProxy> {
  const program = await install();
  mkdirSync(folder, { recursive: true });
  const example = parse(readFileSync(join(import.meta.dirname, '../../../docs/operating/litellm.example.yaml'), 'utf8')) as { litellm_settings: object };
  const config = { ...example, litellm_settings: { ...example.litellm_settings, callbacks: ['spy.spy'] } };
  const [configFile, spyFile, logFile] = [join(folder, 'config.yaml'), join(folder, 'spy.log'), join(folder, 'litellm.log')];
  writeFileSync(configFile, stringify(config));
  writeFileSync(join(folder, 'spy.py'), spy);
  writeFileSync(spyFile, '');
  const port = await freePort();
  const masterKey = 'sk-for-this-test-alone';
  const { PATH, HOME } = process.env;
  const child: ChildProcess = spawn(program, ['--config', configFile, '--host', '127.0.0.1', '--port', String(port)], {
    cwd: folder,
    env: { PATH, HOME, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_MASTER_KEY: masterKey, WORKER_URL: `${workerUrl}/v1`, WORKER_KEY: 'none', SPY_FILE: spyFile, PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile);
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const url = `http://127.0.0.1:${port}`;
  const told = () => readFileSync(spyFile, 'utf8');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    log.end();
  };
  try {
    await eventually('LiteLLM is ready', async () => (await fetch(`${url}/health/liveliness`)).ok, readyMsMax);
  } catch (error) {
    await stop();
    throw new Error(`LiteLLM did not start; it printed:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`, { cause: error });
  }
  return { url, masterKey, output: () => readFileSync(logFile, 'utf8'), told, toldForLogs: () => told().split('\n').filter((line) => line.startsWith('logged ')).join('\n'), stop };
}
