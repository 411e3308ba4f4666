import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bootstrapInstance, checkInstancesDiffer, loginRoles, type Instance, type LoginRole } from '@tacet/database';
import { readSecretFile } from '@tacet/service';
import { Command } from 'commander';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';
import { placeOf, readUrlFile } from '../url-file.ts';
import { UsageError } from '../usage-error.ts';

const instances = ['main', 'keystore'] as const;

interface Options {
  database: string;
  passwordsDir: string;
}

/** `tacet db bootstrap`: roles, passwords and databases of both instances, with a superuser's URLs; can be repeated. */
export function dbBootstrapCommand(run: Run): Command {
  return new Command('bootstrap')
    .description("make the roles and the database of both PostgreSQL instances, or change passwords; needs superusers' URLs")
    .option('--postgres-url-file <file>', 'file (0600) with the URL of a superuser of the main instance')
    .option('--keystore-url-file <file>', 'file (0600) with the URL of a superuser of the keystore instance')
    .requiredOption('--passwords-dir <dir>', 'folder with a file (0600) named after each login role, which holds its password')
    .option('--database <name>', 'name of the database in both instances', 'tacet')
    .action(
      run(async ({ output, settings, folder }, { database, passwordsDir }: Options) => {
        if (!/^[a-z_][a-z0-9_]{0,62}$/.test(database)) throw new UsageError('a database name is 1 to 63 of a-z 0-9 _');
        const urls = { main: readUrlFile(settings, 'postgresUrlFile'), keystore: readUrlFile(settings, 'keystoreUrlFile') };
        const passwords = readPasswords(resolve(folder, passwordsDir));
        await checkInstancesDiffer(urls.main, urls.keystore);
        for (const instance of instances) await bootstrapInstance(urls[instance], instance, database, pick(passwords, instance));
        const rows = instances.map((instance) => ({
          instance,
          server: placeOf(urls[instance]).split('/')[0] ?? '',
          database,
          roles: loginRoles[instance],
        }));
        await output.document({ instances: rows }, () =>
          renderTable(
            [{ title: 'INSTANCE' }, { title: 'SERVER' }, { title: 'DATABASE' }, { title: 'LOGIN ROLES' }],
            rows.map((row) => [row.instance, row.server, row.database, row.roles.join(', ')]),
            output.paint,
          ),
        );
        return 'ok';
      }),
    );
}

/** All passwords that there must be; every missing file is told at once. */
function readPasswords(folder: string): Readonly<Record<LoginRole, string>> {
  const roles = [...loginRoles.main, ...loginRoles.keystore];
  const missing = roles.filter((role) => !existsSync(join(folder, role)));
  if (missing.length > 0) throw new UsageError(`--passwords-dir lacks the files ${missing.join(', ')}`);
  return Object.fromEntries(roles.map((role) => [role, readSecretFile(`--passwords-dir ${role}`, join(folder, role))])) as Record<
    LoginRole,
    string
  >;
}

function pick(passwords: Readonly<Record<LoginRole, string>>, instance: Instance): Partial<Record<LoginRole, string>> {
  return Object.fromEntries(loginRoles[instance].map((role) => [role, passwords[role]]));
}
