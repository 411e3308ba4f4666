// Installs the clients when they are not there or older than the lock file. Run before the tests, which `npm test` of the
// repository does as well: they are many megabytes that nothing else needs, so they are no part of the workspaces.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const installed = join(folder, 'node_modules', '.package-lock.json');

if (!existsSync(installed) || statSync(join(folder, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs) {
  process.stderr.write('Installing the clients (npm ci) ...\n');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 2, 2] });
  process.exitCode = status ?? 1;
}
