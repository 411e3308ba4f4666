import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Whether a command is on the PATH. */
export async function commandExists(command: string): Promise<boolean> {
  return execute('/bin/sh', ['-c', `command -v ${command}`]).then(
    () => true,
    () => false,
  );
}

/**
 * Makes sure that a command is there, installing the system's package where this user may. Throws an error
 * with the command to type where it may not. `tell` is told before something is installed.
 */
export async function ensureCommand(command: string, debianPackage: string, tell: (line: string) => void): Promise<void> {
  if (await commandExists(command)) return;
  const byHand = `apt-get install --yes --no-install-recommends ${debianPackage}`;
  if (process.getuid?.() !== 0 || !(await commandExists('apt-get'))) {
    throw new Error(`${command} is missing; install it with: ${process.getuid?.() === 0 ? '' : 'sudo '}${byHand} (or your system's package of it)`);
  }
  tell(`installing ${debianPackage} with apt-get, since ${command} is missing`);
  // policy-rc.d 101 keeps the package from starting a service of its own.
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    await execute('apt-get', byHand.split(' ').slice(1), { env: environment });
  } catch {
    await execute('apt-get', ['update', '--quiet'], { env: environment });
    await execute('apt-get', byHand.split(' ').slice(1), { env: environment });
  }
}
