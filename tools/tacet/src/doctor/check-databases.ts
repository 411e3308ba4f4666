import { checkInstancesDiffer, loginRoles, openPool, type Instance, type Pool } from '@tacet/database';
import { sentences } from '../failure.ts';
import { settingNames, type Settings } from '../settings.ts';
import { readUrlFile } from '../url-file.ts';
import { failed, ok, skipped, type Check } from './check.ts';
import { judgeSkew } from './judge-skew.ts';

const instances = { main: 'postgresUrlFile', keystore: 'keystoreUrlFile' } as const;
const bootstrap = 'Run `tacet db bootstrap`.';

/** Both instances: reachable and fit, roles as bootstrap makes them, clocks, and that they are two. */
export async function checkDatabases(settings: Settings, now: () => number): Promise<readonly Check[]> {
  const both = await Promise.all((['main', 'keystore'] as const).map((instance) => checkInstance(instance, settings, now)));
  return [...both.flat(), await checkApart(settings)];
}

async function checkInstance(instance: Instance, settings: Settings, now: () => number): Promise<readonly Check[]> {
  const name = `${instance} database`;
  const setting = instances[instance];
  if (settings[setting] === undefined)
    return [skipped(name, 'no URL is known', `Give ${settingNames[setting].flag} or set ${settingNames[setting].variable}.`)];
  let pool: Pool;
  try {
    pool = await openPool({ url: readUrlFile(settings, setting), applicationName: 'tacet doctor', connectionsMax: 1 });
  } catch (error) {
    return [
      failed(
        name,
        sentences(error),
        `Check the file of ${settingNames[setting].variable}, the server, and that \`tacet db bootstrap\` was run.`,
      ),
    ];
  }
  try {
    const askedMs = now();
    const { rows } = await pool.query<{ version: string; now_ms: string }>(
      "SELECT current_setting('server_version') AS version, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now_ms",
    );
    const answeredMs = now();
    const [server] = rows;
    return [
      ok(name, `PostgreSQL ${server?.version ?? '?'}`),
      judgeSkew(`${instance} database: clock`, Number(server?.now_ms), askedMs, answeredMs, 1),
      ...(await checkRoles(pool, instance)),
    ];
  } finally {
    await pool.end();
  }
}

/** Each login role: no rights beyond its grants, and no bind parameter of it is ever logged. */
async function checkRoles(pool: Pool, instance: Instance): Promise<readonly Check[]> {
  const { rows } = await pool.query<{ role: string; powerful: boolean; login: boolean; settings: string[] | null }>(
    `SELECT rolname AS role, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS powerful, rolcanlogin AS login, rolconfig AS settings
       FROM pg_roles WHERE rolname = ANY ($1)`,
    [[...loginRoles[instance]]],
  );
  const found = new Map(rows.map((row) => [row.role, row]));
  return loginRoles[instance].map((role) => {
    const name = `role ${role}`;
    const row = found.get(role);
    if (!row) return failed(name, 'does not exist', bootstrap);
    if (!row.login) return failed(name, 'cannot log in', bootstrap);
    if (row.powerful)
      return failed(
        name,
        'may do more than its grants',
        `ALTER ROLE ${role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS`,
      );
    const missing = ['log_parameter_max_length=0', 'log_parameter_max_length_on_error=0'].filter(
      (setting) => !row.settings?.includes(setting),
    );
    return missing.length === 0 ? ok(name, 'parameters are never logged') : failed(name, `lacks ${missing.join(' and ')}`, bootstrap);
  });
}

async function checkApart(settings: Settings): Promise<Check> {
  const name = 'keystore apart';
  if (settings.postgresUrlFile === undefined || settings.keystoreUrlFile === undefined)
    return skipped(
      name,
      'needs the URLs of both instances',
      `Give ${settingNames.postgresUrlFile.flag} and ${settingNames.keystoreUrlFile.flag}.`,
    );
  try {
    await checkInstancesDiffer(readUrlFile(settings, 'postgresUrlFile'), readUrlFile(settings, 'keystoreUrlFile'));
    return ok(name, 'two instances');
  } catch (error) {
    return failed(
      name,
      sentences(error),
      'Move the keystore to a PostgreSQL instance of its own: backups are made per instance, and none may hold both messages and their keys.',
    );
  }
}
