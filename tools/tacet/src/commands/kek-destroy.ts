import type { KekInfo__Output } from '@tacet/rpc/types/keys/v1/KekInfo';
import { Command } from 'commander';
import { parseCount } from '../argument-parsers.ts';
import { confirm } from '../confirm.ts';
import { kekColumns, kekToJson, kekToRow } from '../describe-kek.ts';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  kek?: string;
  force?: boolean;
  yes?: boolean;
}

/** `tacet kek destroy`: destroys a version of the master key, once nothing and no backup needs it. */
export function kekDestroyCommand(run: Run): Command {
  return new Command('destroy')
    .description('destroy a version of the master key; refused while a data key or a backup needs it')
    .argument('<version>', 'as `tacet kek status` lists it', parseCount)
    .option('--kek <id>', 'which master key, when there are several')
    .option('--force', 'although data keys or backups need it: what only they open is lost for good')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (operator, kekVersion: number, { kek, force = false, yes = false }: Options) => {
        const { output, call, client } = operator;
        const keys = client('KeyService');
        const target = choose((await keys.DescribeKeys({}, call)).keks, kekVersion, kek);
        const lost =
          target.deks === '0' ? '' : ` ${target.deks} data keys are wrapped by it: with --force their accounts' messages are lost.`;
        if (!(await confirm(`Destroy ${target.kekId} version ${kekVersion} for good?${lost}`, yes, operator))) {
          output.note('Nothing was done.');
          return 'failed';
        }
        const destroyed = await keys.DestroyKekVersion({ kekId: target.kekId, kekVersion, force }, call);
        await output.document(kekToJson(destroyed), () => renderTable(kekColumns, [kekToRow(destroyed)], output.paint));
        return 'ok';
      }),
    );
}

function choose(keks: readonly KekInfo__Output[], version: number, kekId: string | undefined): KekInfo__Output {
  const found = keks.filter((kek) => kek.kekVersion === version && (kekId === undefined || kek.kekId === kekId));
  const [kek, second] = found;
  if (!kek) throw new UsageError(`there is no version ${version}; \`tacet kek status\` lists them`);
  if (second)
    throw new UsageError(
      `several master keys have a version ${version}: give --kek with one of ${found.map((one) => one.kekId).join(', ')}`,
    );
  return kek;
}
