import { join } from 'node:path';
import { prepareDatabases, readDatabasePasswords, settleAll, type DeploymentPaths, type InstanceAccess } from '@tacet/constellation';
import { startPostgres, type PostgresServer } from '@tacet/servers';
import type { Ports } from './plan-ports.ts';
import type { Supervisor } from './supervisor.ts';

/** The name of the deployment's database in each instance. */
const database = 'tacet';

/** Starts both instances (durable: every commit is on the disk) and brings roles and schema up to date. */
export async function startDatabases(paths: DeploymentPaths, ports: Ports, supervisor: Supervisor): Promise<{ readonly told: string }> {
  const { superuser, roles } = await readDatabasePasswords(paths);
  const start = (name: string, port: number) =>
    supervisor.add<PostgresServer>({
      name,
      start: () => startPostgres({ name, dataFolder: join(paths.folder, name), port, superuserPassword: superuser, logFile: paths.log(name), durable: true }),
      ready: async () => undefined,
    });
  const [main, keystore] = await settleAll([start('postgres-main', ports.postgresMain), start('postgres-keystore', ports.postgresKeystore)]);
  const access = (server: PostgresServer): InstanceAccess => ({ adminUrl: server.adminUrl(), database, passwords: roles });
  const ran = await prepareDatabases(paths, { main: access(main), keystore: access(keystore) });
  const schema = ran.length === 0 ? '' : `, ${ran.length} migration${ran.length === 1 ? '' : 's'}`;
  return { told: `two PostgreSQL 18, ports ${main.port} and ${keystore.port}${schema}` };
}
