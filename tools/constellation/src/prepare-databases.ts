import { bootstrapInstance, checkInstancesDiffer, loginRoles, migrate, ownerRole, type Instance, type LoginRole } from '@tacet/database';
import type { DeploymentPaths } from './deployment-paths.ts';
import { writeSecret } from './ensure-secrets.ts';

/** One instance: a superuser's URL for any of its databases, and the deployment's own database in it. */
export interface InstanceAccess {
  readonly adminUrl: string;
  readonly database: string;
  readonly passwords: Readonly<Record<LoginRole, string>>;
}

/**
 * Makes roles, databases and schema of both instances, or brings them up to date, and writes each role's
 * connection string into its file. Returns the names of the migrations that ran.
 */
export async function prepareDatabases(paths: DeploymentPaths, instances: Readonly<Record<Instance, InstanceAccess>>): Promise<readonly string[]> {
  const [main, keystore] = await Promise.all([prepare(paths, 'main', instances.main), prepare(paths, 'keystore', instances.keystore)]);
  await checkInstancesDiffer(instances.main.adminUrl, instances.keystore.adminUrl);
  return [...main, ...keystore];
}

async function prepare(paths: DeploymentPaths, instance: Instance, access: InstanceAccess): Promise<readonly string[]> {
  const { adminUrl, database, passwords } = access;
  await bootstrapInstance(adminUrl, instance, database, passwords);
  for (const role of loginRoles[instance]) await writeSecret(paths.databaseUrl(role), urlOf(access, role));
  return migrate(urlOf(access, ownerRole[instance]), instance);
}

function urlOf({ adminUrl, database, passwords }: InstanceAccess, role: LoginRole): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = passwords[role];
  url.pathname = `/${database}`;
  return url.toString();
}

/** The superuser's URL of the deployment's own database. */
export function adminUrlOf({ adminUrl, database }: InstanceAccess): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
