import { chmod, cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, startPostgres } from '@tacet/servers';
import pg from 'pg';
import type { World } from './world.ts';

/**
 * Takes a base backup of the main instance as PostgreSQL's manual (26.3.3) says: the files while the server runs, between
 * pg_backup_start and pg_backup_stop, with the write-ahead log that makes them whole. `folder` must not exist.
 */
export async function takeBaseBackup({ constellation }: World, folder: string): Promise<void> {
  const { databaseAdminUrl, server } = constellation.servers.databases.main;
  if (!server) throw new Error('a shared server cannot be backed up');
  const client = new pg.Client({ connectionString: databaseAdminUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_backup_start('prove', true)");
    await copyLiving(server.dataFolder, folder);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(folder, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
    // With the log up to the end of the backup.
    await rm(join(folder, 'pg_wal'), { recursive: true });
    await cp(join(server.dataFolder, 'pg_wal'), join(folder, 'pg_wal'), { recursive: true });
  } finally {
    await client.end();
  }
}

/** Files come and go while the server runs; the log makes up for both. */
async function copyLiving(from: string, to: string): Promise<void> {
  const left = ['postmaster.pid', 'postmaster.opts'];
  for (let tries = 1; ; tries++) {
    try {
      await cp(from, to, { recursive: true, filter: (path) => !left.includes(path.slice(from.length + 1)) });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 5) throw error;
      await rm(to, { recursive: true, force: true });
    }
  }
  await chmod(to, 0o700);
}

/** Starts a second server on a backup, and gives a pool of its superuser for as long as `use` runs. */
export async function withRestored<T>(world: World, folder: string, use: (database: pg.Pool) => Promise<T>): Promise<T> {
  const { databaseAdminUrl } = world.constellation.servers.databases.main;
  const port = await freePort();
  const server = await startPostgres({ name: 'restored', dataFolder: folder, port, superuserPassword: '', logFile: `${folder}.log`, durable: false });
  const url = new URL(databaseAdminUrl);
  url.port = String(port);
  const pool = new pg.Pool({ connectionString: url.toString(), max: 1 });
  pool.on('error', () => undefined);
  try {
    return await use(pool);
  } finally {
    await pool.end();
    await server.stop();
  }
}
