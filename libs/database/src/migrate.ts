import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Instance } from './bootstrap.ts';

const migrationsFolder = fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../migrations/' : '../migrations/', import.meta.url));

/**
 * Brings an instance's schema up to date: forward only, one transaction each, under an advisory lock that a
 * second runner waits for. `ownerUrl` is the owner role's. Returns the names of the migrations that ran.
 */
export async function migrate(ownerUrl: string, instance: Instance): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const ran = await runner({
      dbClient: client,
      dir: migrationsFolder + instance,
      direction: 'up',
      migrationsTable: 'migration',
      migrationsSchema: 'tacet_migration',
      createMigrationsSchema: true,
      singleTransaction: false,
      checkOrder: true,
      advisoryLockMode: 'wait',
      log: () => undefined,
    });
    return ran.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Throws when both URLs lead to one server: messages and the keys to them would share every backup. */
export async function checkInstancesDiffer(mainUrl: string, keystoreUrl: string): Promise<void> {
  const [main, keystore] = await Promise.all([systemIdentifier(mainUrl), systemIdentifier(keystoreUrl)]);
  if (main === keystore) throw new Error('the keystore must be a PostgreSQL instance of its own: both URLs lead to the same one');
}

async function systemIdentifier(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()');
    return rows[0]?.id ?? '';
  } finally {
    await client.end();
  }
}
