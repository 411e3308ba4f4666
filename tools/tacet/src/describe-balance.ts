import { formatUsd } from '@tacet/pricing';
import type { Balance__Output } from '@tacet/rpc/types/ledger/v1/Balance';
import { formatId } from './ids.ts';
import type { Json, Output } from './output.ts';
import { renderFields } from './table.ts';

const usd = (nano: string) => formatUsd(BigInt(nano));

/** Writes a balance as the answer of a command. */
export async function writeBalance(
  output: Output,
  balance: Balance__Output,
  further: { readonly [field: string]: Json } = {},
): Promise<void> {
  const value: Json = {
    account_id: formatId(balance.accountId),
    posted_usd: usd(balance.postedNano),
    held_usd: usd(balance.heldNano),
    overdraft_usd: usd(balance.overdraftNano),
    available_usd: usd(balance.availableNano),
    suspended: balance.suspended,
    ...further,
  };
  await output.document(value, () =>
    renderFields(
      [
        ['account', formatId(balance.accountId)],
        ['posted', `${usd(balance.postedNano)} USD`],
        ['held by running requests', `${usd(balance.heldNano)} USD`],
        ['overdraft', `${usd(balance.overdraftNano)} USD`],
        ['available', `${usd(balance.availableNano)} USD`],
        ...(balance.suspended ? ([['suspended', 'yes']] as const) : []),
      ],
      output.paint,
    ),
  );
}
