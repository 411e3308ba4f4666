import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { bootstrapInstance, loginRoles, migrate, ownerRole, type Instance, type LoginRole } from '@tacet/database';
import { freePort, startPostgres } from '@tacet/servers';
import { sharedServers, type SharedServers } from './shared-servers.ts';

/** A migrated database of its own, on a real PostgreSQL. */
export interface TestDatabase {
  readonly adminUrl: string;
  /** The connection string of one of the instance's login roles. */
  urlOf(role: LoginRole): string;
  /** Drops nothing of a shared server (it ends with the run); stops a server of this file's own. */
  stop(): Promise<void>;
}

/** Passwords of the login roles of test servers; the roles are shared by all databases of a server. */
const testPassword = 'for-tests-only';

/**
 * Makes a database for one test file, bootstrapped and migrated: on the run's shared server, or, when a test
 * is run alone, on a server of its own.
 */
export async function createTestDatabase(instance: Instance): Promise<TestDatabase> {
  const shared = sharedServers();
  const { url, stop } = shared ? { url: sharedUrl(shared, instance), stop: async () => undefined } : await startOwn(instance);
  const database = `test_${randomBytes(6).toString('hex')}`;
  const passwords = Object.fromEntries(loginRoles[instance].map((role) => [role, testPassword]));
  await bootstrapInstance(url, instance, database, passwords);
  const urlOf = (role: LoginRole) => {
    const of = new URL(url);
    of.username = role;
    of.password = testPassword;
    of.pathname = `/${database}`;
    return of.toString();
  };
  await migrate(urlOf(ownerRole[instance]), instance);
  const adminUrl = new URL(url);
  adminUrl.pathname = `/${database}`;
  return { adminUrl: adminUrl.toString(), urlOf, stop };
}

function sharedUrl(servers: SharedServers, instance: Instance): string {
  return instance === 'main' ? servers.postgresMainUrl : servers.postgresKeystoreUrl;
}

async function startOwn(instance: Instance): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), `tacet-test-${instance}-`));
  const server = await startPostgres({ name: instance, dataFolder: join(folder, 'data'), port: await freePort(), superuserPassword: testPassword, logFile: join(folder, 'log'), durable: false });
  return {
    url: server.adminUrl(),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
