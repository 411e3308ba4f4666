import { Command } from 'commander';
import { toCatalogue } from '../describe-models.ts';
import type { Check } from '../doctor/check.ts';
import { checkDatabases } from '../doctor/check-databases.ts';
import { checkDoors } from '../doctor/check-doors.ts';
import { checkFiles, checkPriced } from '../doctor/check-files.ts';
import { checkOwnCertificate } from '../doctor/check-own-certificate.ts';
import { checkReadiness } from '../doctor/check-readiness.ts';
import type { Operator, Run } from '../operator.ts';
import { settingNames } from '../settings.ts';
import { renderTable } from '../table.ts';

const styles = { ok: 'green', failed: 'red', skipped: 'yellow' } as const;
const columns = [{ title: 'STATE', style: (text: string) => styles[text as Check['state']] }, { title: 'CHECK' }, { title: 'FOUND' }];

/** `tacet doctor`: looks at everything that an operator can get wrong, and says what to do; exit code 1 on any failure. */
export function doctorCommand(run: Run): Command {
  return new Command('doctor')
    .description('check certificates, processes, databases, clocks and files, and say what to do about what is wrong')
    .option('--health-addresses <list>', 'metrics doors: edge=host:port,account=host:port,... (TACET_HEALTH_ADDRESSES)')
    .option(
      `${settingNames.postgresUrlFile.flag} <file>`,
      `${settingNames.postgresUrlFile.what} (${settingNames.postgresUrlFile.variable})`,
    )
    .option(
      `${settingNames.keystoreUrlFile.flag} <file>`,
      `${settingNames.keystoreUrlFile.what} (${settingNames.keystoreUrlFile.variable})`,
    )
    .option(`${settingNames.workersFile.flag} <file>`, `${settingNames.workersFile.what} (${settingNames.workersFile.variable})`)
    .option(`${settingNames.modelsFile.flag} <file>`, `${settingNames.modelsFile.what} (${settingNames.modelsFile.variable})`)
    .action(
      run(async (operator) => {
        const { output, settings, now } = operator;
        if (settings.operatorFile !== undefined) output.note(`The deployment of ${settings.operatorFile}`);
        const checks: Check[] = [
          checkOwnCertificate(settings, now()),
          ...(await checkDoors(operator)),
          ...(await checkReadiness(settings, now)),
          ...(await checkDatabases(settings, now)),
        ];
        const files = checkFiles(settings);
        checks.push(...files.checks, checkPriced(files.served, await pricedModels(operator)));
        const count = (state: Check['state']) => checks.filter((check) => check.state === state).length;
        const failures = count('failed');
        // Where nothing could be looked at, nothing is well.
        const well = failures === 0 && count('ok') > 0;
        await output.document({ ok: well, checks: checks.map((check) => ({ ...check })) }, () => renderChecks(checks, output.paint));
        output.note(`${count('ok')} ok, ${failures} failed, ${count('skipped')} not checked`);
        return well ? 'ok' : 'failed';
      }),
    );
}

function renderChecks(checks: readonly Check[], paint: Parameters<typeof renderTable>[2]): string {
  const table = renderTable(
    columns,
    checks.map(({ state, name, detail }) => [state, name, detail]),
    paint,
  );
  const remedies = checks
    .filter(({ remedy }) => remedy !== undefined)
    .map(({ state, name, remedy }) => `${paint(styles[state], name)}: ${remedy ?? ''}\n`);
  return remedies.length === 0 ? table : `${table}\nWhat to do:\n${remedies.map((line) => `  ${line}`).join('')}`;
}

/** The models that billing has a price for; undefined when it cannot be asked, which the checks of its door tell. */
async function pricedModels({ client, signal, settings }: Operator): Promise<ReadonlySet<string> | undefined> {
  if (settings.ledgerAddress === undefined || settings.tlsDir === undefined) return undefined;
  try {
    const models = toCatalogue(await client('Ledger').ApplyPrices({ models: [] }, { signal }));
    return new Set(models.filter(({ price }) => price !== undefined).map(({ id }) => id));
  } catch {
    return undefined;
  }
}
