import { randomBytes } from 'node:crypto';
import type { RpcCall } from '@tacet/rpc';
import { createGrantCredit } from '../../src/rpc/grant-credit.ts';
import { createOpenAccount } from '../../src/rpc/open-account.ts';
import { makeId, uuid } from './make.ts';
import type { OpenBilling } from './open-billing.ts';

/** A call of the operator, as handlers get it. */
export const operatorCall: RpcCall = { caller: 'operator', signal: new AbortController().signal };

/** Opens an account with a balance, nano-USD. */
export async function openAccount({ pool }: Pick<OpenBilling, 'pool'>, nano: bigint): Promise<Buffer> {
  const accountId = makeId();
  await createOpenAccount(pool)({ accountId }, operatorCall);
  if (nano > 0n) await createGrantCredit(pool)({ accountId, amountNano: nano.toString(), grantId: randomBytes(16) }, operatorCall);
  return accountId;
}

/** Price version 1: 3, 1 and 7 nano-USD a token. */
export async function publishTestPrice({ owner }: Pick<OpenBilling, 'owner'>): Promise<void> {
  await owner.query("INSERT INTO billing.price VALUES (1, 'model', 3000, 1000, 7000)");
}

/** What an account has, and what its losses are, nano-USD. */
export async function readAccount(
  { pool }: Pick<OpenBilling, 'pool'>,
  accountId: Buffer,
): Promise<{ posted: bigint; held: bigint; late: bigint; bound: bigint }> {
  const { rows } = await pool.query<{ posted: bigint; held: bigint; late: bigint; bound: bigint }>(
    `SELECT posted, held, (SELECT coalesce(sum(late), 0)::bigint FROM billing.usage_period u WHERE u.account_id = b.account_id) AS late,
            (SELECT coalesce(sum(bound), 0)::bigint FROM billing.usage_period u WHERE u.account_id = b.account_id) AS bound
       FROM billing.balance b WHERE account_id = $1`,
    [uuid(accountId)],
  );
  return rows[0]!;
}
