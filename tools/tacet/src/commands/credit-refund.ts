import { formatUsd } from '@tacet/pricing';
import { Command } from 'commander';
import { v7 } from 'uuid';
import { parsePositiveAmount } from '../argument-parsers.ts';
import { findAccount } from '../find-account.ts';
import { parseId } from '../ids.ts';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';

/** `tacet credit refund`: gives a payment back at Stripe; the request id makes a repeated call the same refund. */
export function creditRefundCommand(run: Run): Command {
  return new Command('refund')
    .description('give a payment back at Stripe, whole or in part')
    .argument('<account>', 'id or e-mail address')
    .argument('<reference>', 'of the payment, as `tacet transfers` shows it (cs_…, in_…, pi_…)')
    .argument('[usd]', 'such as 5.00; without it all that is left', parsePositiveAmount)
    .option('--request-id <id>', 'id of the refund: repeated with the same id it is the same refund')
    .action(
      run(
        async (operator, account: string, reference: string, amountNano: bigint | undefined, { requestId = v7() }: { requestId?: string }) => {
          const { output, call, client } = operator;
          const request = parseId(requestId, 'a request id');
          const accountId = await findAccount(operator, account);
          // Told before the call, so that an answer that gets lost can be asked for again without a second refund.
          output.note(`request ${requestId}: to repeat it safely, add --request-id ${requestId}`);
          const answer = await client('Ledger').RefundTopUp(
            { accountId, reference, amountNano: (amountNano ?? 0n).toString(), requestId: request },
            call,
          );
          const refunded = formatUsd(BigInt(answer.amountNano));
          await output.document({ refund_id: answer.refundId, refunded_usd: refunded, request_id: requestId }, () =>
            renderFields(
              [
                ['refund', answer.refundId],
                ['given back', `${refunded} USD`],
              ],
              output.paint,
            ),
          );
          return 'ok';
        },
      ),
    );
}
