import { sharedServersVariable } from '@tacet/testing';
import { repositoryFolder } from '../applications.ts';
import { Commands } from './commands.ts';
import { listTestProjects, selectProjects, type TestProject } from './projects.ts';
import type { Result } from './result.ts';
import { runProjects } from './run-projects.ts';
import { startSharedServers } from './start-shared-servers.ts';
import { summarize } from './summary.ts';

export interface TestRun {
  /** The exit code. */
  readonly done: Promise<number>;
  /** Ends what runs; `done` settles all the same, with the summary of what was done. */
  stop(): void;
}

/** Set to 1: only the long tests are run, by jest and by this runner. Named also in jest.config.mjs and in `test:long` of package.json. */
const longVariable = 'TACET_LONG';

/** Runs lint, type check and the tests of the wanted projects on shared servers, and writes the summary; of long tests nothing but them. */
export function runTests(wanted: readonly string[], environment: Readonly<Record<string, string | undefined>>, write: (text: string) => void): TestRun {
  const commands = new Commands(repositoryFolder);
  const run = async (): Promise<number> => {
    const started = performance.now();
    const kind = environment[longVariable] === '1' ? 'long' : 'usual';
    let projects: readonly TestProject[];
    try {
      const selected = selectProjects(listTestProjects(repositoryFolder, kind), wanted);
      projects = kind === 'long' && wanted.length === 0 ? selected.filter(({ hasTests }) => hasTests) : selected;
    } catch (error) {
      write(`${(error as Error).message}\n`);
      return 2;
    }
    const folders = wanted.length === 0 ? [] : projects.map(({ folder }) => folder);
    const checks = async () => [
      await check('lint', commands, 'oxlint', ['--type-aware', ...(folders.length === 0 ? ['.'] : folders)], environment),
      await check('types', commands, 'tsc', ['-b', ...folders], environment),
    ];
    const results = [...(kind === 'usual' ? await checks() : []), ...(await testProjects(projects, commands, environment, write))];
    write(summarize(results, performance.now() - started));
    return results.some(({ failed }) => failed > 0) || !results.some(({ passed }) => passed > 0) ? 1 : 0;
  };
  return { done: run(), stop: () => commands.stop() };
}

async function testProjects(projects: readonly TestProject[], commands: Commands, environment: Readonly<Record<string, string | undefined>>, write: (text: string) => void): Promise<readonly Result[]> {
  const begun = performance.now();
  try {
    const servers = await startSharedServers((line) => write(`${line}\n`));
    try {
      const ms = performance.now() - begun;
      const ready = { name: 'servers', passed: 0, failed: 0, ms, remarks: [] };
      return [ready, ...(await runProjects(repositoryFolder, projects, commands, { ...environment, [sharedServersVariable]: JSON.stringify(servers.addresses) }))];
    } finally {
      await servers.stop();
    }
  } catch (error) {
    return [{ name: 'servers', passed: 0, failed: 1, ms: performance.now() - begun, remarks: [(error as Error).message] }];
  }
}

async function check(name: string, commands: Commands, command: string, argumentsOf: readonly string[], environment: Readonly<Record<string, string | undefined>>): Promise<Result> {
  const begun = performance.now();
  const code = await commands.run(command, argumentsOf, environment);
  const ms = performance.now() - begun;
  return code === 0 ? { name, passed: 1, failed: 0, ms, remarks: [] } : { name, passed: 0, failed: 1, ms, remarks: [`${command} ended with code ${code}`] };
}
