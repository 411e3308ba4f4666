import { inheritedEnvironment, sourceArguments, type DeploymentPaths } from '@tacet/constellation';
import { freePort, startKeptProcess, waitForLine } from '@tacet/servers';
import type { BenchContext } from '../frame/bench.ts';

/** Starts the echo in a process of its own, with key-service's certificate. Returns its address. */
export async function startEcho({ onStop }: BenchContext, paths: DeploymentPaths): Promise<string> {
  const port = await freePort();
  const echo = await startKeptProcess({
    name: 'echo',
    command: process.execPath,
    arguments: sourceArguments('tools/bench/src/keys/echo.ts', [paths.certificates('key-service'), String(port)]),
    environment: inheritedEnvironment(process.env),
    stopMs: 2_000,
  });
  onStop(() => echo.stop());
  await waitForLine(echo, /^ready/, 15_000);
  return `127.0.0.1:${port}`;
}
