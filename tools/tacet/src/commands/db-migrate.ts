import { checkInstancesDiffer, migrate, ownerRole } from '@tacet/database';
import { Command } from 'commander';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';
import { placeOf, readUrlFile, roleOf } from '../url-file.ts';
import { UsageError } from '../usage-error.ts';

const instances = ['main', 'keystore'] as const;

/** `tacet db migrate`: brings both schemas up to date, as their owners; can be repeated and run by several at once. */
export function dbMigrateCommand(run: Run): Command {
  return new Command('migrate')
    .description("bring the schemas of both PostgreSQL instances up to date; needs their owners' URLs")
    .option('--postgres-url-file <file>', `file (0600) with the URL of ${ownerRole.main}`)
    .option('--keystore-url-file <file>', `file (0600) with the URL of ${ownerRole.keystore}`)
    .action(
      run(async ({ output, settings }) => {
        const urls = { main: readUrlFile(settings, 'postgresUrlFile'), keystore: readUrlFile(settings, 'keystoreUrlFile') };
        for (const instance of instances) {
          // What another role made would belong to it, and the grants of the migrations would not be the whole truth.
          if (roleOf(urls[instance]) !== ownerRole[instance])
            throw new UsageError(`the URL of the ${instance} instance must log in as ${ownerRole[instance]}`);
        }
        await checkInstancesDiffer(urls.main, urls.keystore);
        const ran: { instance: string; place: string; migrations: readonly string[] }[] = [];
        for (const instance of instances)
          ran.push({ instance, place: placeOf(urls[instance]), migrations: await migrate(urls[instance], instance) });
        await output.document({ instances: ran.map(({ instance, migrations }) => ({ instance, migrations })) }, () =>
          renderTable(
            [{ title: 'INSTANCE' }, { title: 'DATABASE' }, { title: 'MIGRATIONS' }],
            ran.map(({ instance, place, migrations }) => [instance, place, migrations.join(', ') || 'up to date']),
            output.paint,
          ),
        );
        return 'ok';
      }),
    );
}
