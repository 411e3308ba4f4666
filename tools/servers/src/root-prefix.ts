import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Root is somebody else in a user namespace; its files stay root's. */
const namespacePrefix = ['unshare', '-U', '--map-user=1000', '--map-group=1000'];

/** The user "nobody" of every Linux. */
const nobody = 65_534;

/**
 * Another user, who may read and write past all folder permissions and nothing else. `no_setuid_fixup` lets access(2),
 * by which PostgreSQL looks for its own binaries, see that capability too.
 */
function userPrefix(uid: number): readonly string[] {
  const capability = '-all,+dac_override';
  return ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--securebits=+no_setuid_fixup', `--inh-caps=${capability}`, `--ambient-caps=${capability}`];
}

/**
 * What stands before a command of PostgreSQL, which refuses to run as root; nothing for everybody else. A data folder
 * that exists is used by the user who owns it. Throws an `Error` that says what to do where this system allows neither.
 */
export async function rootPrefix(postgres: string, dataFolder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return [];
  const owner = existsSync(dataFolder) ? statSync(dataFolder).uid : undefined;
  const candidates = owner === undefined ? [namespacePrefix, userPrefix(nobody)] : [owner === 0 ? namespacePrefix : userPrefix(owner)];
  let cause: unknown;
  for (const prefix of candidates) {
    try {
      const [command = '', ...before] = prefix;
      await execute(command, [...before, postgres, '--version'], { env: { PATH: process.env['PATH'] } });
      return prefix;
    } catch (error) {
      cause = error;
    }
  }
  throw new Error('PostgreSQL does not run as root, and this system lets root neither make a user namespace (unshare) nor become another user (setpriv); start again as an ordinary user', { cause });
}
