import { formatUsd } from '@tacet/pricing';
import { Command } from 'commander';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';

const columns = [
  { title: 'TIME' },
  { title: 'USD', align: 'right' as const },
  { title: 'KIND' },
  { title: 'COUNTERPART' },
  { title: 'REFERENCE' },
  { title: 'TRANSFER' },
];

/** `tacet transfers`: every movement of an account's money, oldest first. */
export function transfersCommand(run: Run): Command {
  return new Command('transfers')
    .description("list every movement of an account's money, oldest first")
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, signal, client } = operator;
        const accountId = await findAccount(operator, reference);
        const answer = output.stream(columns);
        for await (const transfer of client('Ledger').ListTransfers({ accountId }, { signal })) {
          const { kind, counterpart, reference: of } = transfer;
          const id = formatId(transfer.transferId);
          const amount = formatUsd(BigInt(transfer.amountNano));
          const at = new Date(Number(transfer.createdAtMs)).toISOString();
          await answer.add({ transfer_id: id, created_at: at, amount_usd: amount, kind, counterpart, reference: of }, [
            at,
            amount,
            kind,
            counterpart,
            of,
            id,
          ]);
        }
        await answer.end();
        return 'ok';
      }),
    );
}
