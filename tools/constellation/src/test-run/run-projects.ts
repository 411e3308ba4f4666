import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Commands } from './commands.ts';
import type { TestProject } from './projects.ts';
import { resultOf, type JestReport, type Result } from './result.ts';

/** Two cores, and process tests that wait more than they compute. */
const parallel = 2;
// A test that leaves something open has been told of its result all the same; the run must not wait for it for ever (`--forceExit`).
const report = 'reports/test.json';

/** Runs the tests of the projects, through Nx where it knows them; each leaves jest's report in `<project>/reports/test.json`. */
export async function runProjects(repository: string, projects: readonly TestProject[], commands: Commands, environment: Readonly<Record<string, string | undefined>>): Promise<readonly Result[]> {
  const tested = projects.filter(({ hasTests }) => hasTests);
  for (const { folder } of tested) {
    const file = join(repository, folder, report);
    await rm(file, { force: true });
    await mkdir(dirname(file), { recursive: true });
  }
  const inNx = tested.filter(({ inWorkspace }) => inWorkspace);
  const nx = ['run-many', '-t', 'test', `--projects=${inNx.map(({ name }) => name).join(',')}`, `--parallel=${parallel}`, '--outputStyle=static', '--nxBail=false', '--', '--json', '--forceExit', `--outputFile=${report}`];
  const code = inNx.length === 0 ? 0 : await commands.run('nx', nx, { ...environment, NX_DAEMON: 'false', NX_TUI: 'false' });
  for (const { folder, setUp } of tested.filter(({ inWorkspace }) => !inWorkspace)) {
    // Where it fails, the tests say so.
    if (setUp !== undefined) await commands.run(process.execPath, [setUp], environment);
    const jest = ['--config', 'jest.config.mjs', '--rootDir', folder, '--json', '--forceExit', `--outputFile=${join(folder, report)}`];
    await commands.run('jest', jest, { ...environment, NODE_OPTIONS: '--experimental-vm-modules' });
  }
  const results = await Promise.all(projects.map(async (project) => resultOf(project, await readReport(join(repository, project.folder, report)))));
  if (code === 0 || results.some(({ failed }) => failed > 0)) return results;
  return [...results, { name: 'nx', passed: 0, failed: 1, ms: 0, remarks: [`ended with code ${code}, though every report is good`] }];
}

async function readReport(file: string): Promise<JestReport | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } catch {
    // Not there, or cut off: the project did not report.
    return undefined;
  }
}
