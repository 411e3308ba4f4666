import { chmod, cp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withDatabase } from './back-office.ts';

const copyTriesMax = 5;
/** Of the running server alone. */
const left = ['postmaster.pid', 'postmaster.opts'];

/** Copies a data folder while its server runs, with the log that makes the copy whole, as a standby has it that lags behind. */
export async function takeBaseBackup(databaseAdminUrl: string, dataFolder: string, copy: string): Promise<void> {
  await withDatabase(databaseAdminUrl, async (client) => {
    await client.query("SELECT pg_backup_start('chaos', true)");
    await copyLiving(dataFolder, copy);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(copy, 'backup_label'), rows[0]?.labelfile ?? '', { mode: 0o600 });
    await rm(join(copy, 'pg_wal'), { recursive: true });
    await cp(join(dataFolder, 'pg_wal'), join(copy, 'pg_wal'), { recursive: true });
  });
  // It recovers to the end of its own log and becomes a primary then, on a timeline of its own.
  await writeFile(join(copy, 'postgresql.auto.conf'), "restore_command = 'false'\n", { flag: 'a' });
  await writeFile(join(copy, 'recovery.signal'), '', { mode: 0o600 });
}

/** Puts a copy in the place of a data folder whose server has ended. */
export async function takeOver(dataFolder: string, copy: string): Promise<void> {
  await rename(dataFolder, `${dataFolder}.lost`);
  await rename(copy, dataFolder);
}

/** The timeline that a server writes, in hexadecimal. */
export async function readTimeline(databaseAdminUrl: string): Promise<string> {
  return withDatabase(databaseAdminUrl, async (client) => {
    const { rows } = await client.query<{ timeline: string }>('SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline');
    return rows[0]?.timeline ?? '';
  });
}

/** Files come and go while the server runs. */
async function copyLiving(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await cp(from, to, { recursive: true, filter: (path) => !left.includes(path.slice(from.length + 1)) });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === copyTriesMax) throw error;
      await rm(to, { recursive: true, force: true });
    }
  }
  await chmod(to, 0o700);
}
