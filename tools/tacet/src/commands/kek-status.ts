import { Command } from 'commander';
import { kekColumns, kekToJson, kekToRow } from '../describe-kek.ts';
import type { Run } from '../operator.ts';
import { renderTable } from '../table.ts';

/** `tacet kek status`: the versions of the master key and how many data keys each wraps. */
export function kekStatusCommand(run: Run): Command {
  return new Command('status').description('list the versions of the master key and how many data keys each wraps').action(
    run(async ({ output, call, client }) => {
      const { keks } = await client('KeyService').DescribeKeys({}, call);
      await output.document({ keks: keks.map(kekToJson) }, () => renderTable(kekColumns, keks.map(kekToRow), output.paint));
      return 'ok';
    }),
  );
}
