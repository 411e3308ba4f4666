// What every command of package.json starts with, in syntax that Node 20 runs: installs the dependencies when
// the lock file is newer than they are, then hands over to the Node 24 that the dependencies bring.
// Usage: node tools/setup/run.mjs SCRIPT.ts [ARGUMENT...]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const installed = join(root, 'node_modules', '.package-lock.json');
const bundledNode = join(root, 'node_modules', '.bin', 'node');
const nodeMajorMin = 24;

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (Number(process.versions.node.split('.')[0]) < 20) stop(`Node ${process.version} is too old: Node 20 or newer is needed (https://nodejs.org)`);

if (!existsSync(installed) || statSync(join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs) {
  process.stderr.write('Installing dependencies (npm ci) ...\n');
  const started = Date.now();
  // npm's own output would mix with that of the command.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) stop('npm ci failed; see above');
  process.stderr.write(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

const node = existsSync(bundledNode) ? bundledNode : process.execPath;
const version = node === process.execPath ? process.version : spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
if (Number(version.slice(1).split('.')[0]) < nodeMajorMin) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  stop(`Node ${version} is too old and none of ${Object.keys(optionalDependencies).join(', ')} fits this machine: install Node ${nodeMajorMin} or newer (https://nodejs.org) and try again`);
}

const [script, ...rest] = process.argv.slice(2);
const child = spawn(node, ['--conditions=source', '--disable-sigusr1', '--disable-warning=DEP0123', join(root, script), ...rest], {
  // The channel carries nothing. It closes when this process ends in whatever way or is told to; a long-running command then stops.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
    // Compiled code, kept between starts.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node-compile'),
  },
});
// A terminal sends Ctrl-C to the child as well; other signals are passed on. Either way the child decides.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => child.kill('SIGHUP'));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));

// npm hands a signal to the shell that it runs this in, which does not pass it on: when npm or that shell is gone,
// the command is told by the channel.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const shell = describe(parent);
  const npm = /^(.*\/)?(sh|dash|bash|ash|zsh)$/.test(shell?.command ?? '') ? shell.parent : undefined;
  setInterval(() => {
    if (child.connected && (process.ppid !== parent || (npm !== undefined && describe(parent)?.parent !== npm))) child.disconnect();
  }, 1000).unref();
}

/** The command and the parent of a process; undefined where this system does not tell. */
function describe(pid) {
  if (process.platform === 'linux') {
    const [, command, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { command, parent: Number(parent) };
  }
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
  const [, parent, command] = /(\d+)\s+(\S+)/.exec(stdout ?? '') ?? [];
  return parent === undefined ? undefined : { command, parent: Number(parent) };
}
