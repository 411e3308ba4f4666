import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Account } from '../accounts/account.ts';
import type { Clock } from '../clock.ts';
import type { Sealer } from '../conversations/sealer.ts';
import type { AccountEvents } from '../events.ts';
import { toAccountResource } from '../http/resources/account-resource.ts';
import { toSettingsResource } from '../http/resources/settings-resource.ts';
import { toPaymentsResource, type PaymentsResource } from '../http/resources/payments-resource.ts';
import { toBalanceResource, toTransferResource, type BalanceResource } from '../http/resources/usage-resource.ts';
import { idBytes } from '../identifiers.ts';
import { peerError, type Peers } from '../peers.ts';
import { readUsagePage, type UsageCursor } from '../usage/read-usage-page.ts';
import { exportConversations } from './export-conversations.ts';
import { exportKeys } from './export-keys.ts';
import { exportSchemaVersion } from './export-resource.ts';

export interface ExportDependencies {
  readonly pool: Pool;
  readonly peers: Peers;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly events: AccountEvents;
}

const usagePage = 2_000;

/**
 * Everything that is kept of an account, as the pieces of one JSON document (`exportResource`). Pages are read one
 * after the other and messages opened a few at a time, so the size does not matter and no connection is held while
 * the reader is slow. Throws in the middle when something fails: the document is then not whole.
 */
export async function* exportAccount({ pool, peers, sealer, clock, events }: ExportDependencies, account: Account): AsyncGenerator<string> {
  const balance = await unlessUnknown(readBalance(peers.ledger, account.accountId));
  const payments = await unlessUnknown(readPayments(peers.ledger, account.accountId));
  yield `{"schema_version":${exportSchemaVersion},"exported_at":${JSON.stringify(new Date(clock()).toISOString())}`;
  yield `,"account":${JSON.stringify(toAccountResource(account))},"settings":${JSON.stringify(toSettingsResource(account))}`;
  yield `,"sessions":${JSON.stringify(await readSessions(pool, account.accountId, clock()))}`;
  yield* inArray(',"keys":', exportKeys(pool, account));
  yield* inArray(',"conversations":', exportConversations({ pool, sealer, clock, events }, account.accountId));
  yield* exportUsage(peers.ledger, account.accountId);
  yield `,"ledger":{"balance":${JSON.stringify(balance ?? null)}`;
  yield* inArray(',"transfers":', exportTransfers(peers.ledger, account.accountId));
  yield `},"payments":${JSON.stringify(payments ?? null)}}`;
}

/** A JSON array out of the pieces of its entries: each entry begins with a piece that `first` is told of. */
async function* inArray(head: string, entries: AsyncIterable<string | { readonly entry: string }>): AsyncGenerator<string> {
  yield `${head}[`;
  let separator = '';
  for await (const piece of entries) {
    if (typeof piece === 'string') yield piece;
    else {
      yield separator + piece.entry;
      separator = ',';
    }
  }
  yield ']';
}

async function readBalance(ledger: Peers['ledger'], accountId: string): Promise<BalanceResource> {
  return toBalanceResource(await ledger.GetBalance({ accountId: idBytes(accountId) }));
}

async function readPayments(ledger: Peers['ledger'], accountId: string): Promise<PaymentsResource> {
  return toPaymentsResource(await ledger.GetPayments({ accountId: idBytes(accountId) }));
}

/** Undefined where billing does not know the account (yet). */
async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TacetError && error.code === 'not_found') return undefined;
    throw peerError(error);
  }
}

async function readSessions(pool: Pool, accountId: string, nowMs: number): Promise<readonly object[]> {
  const { rows } = await pool.query<{ authenticated_at: Date; last_seen_on: string; expires_at: Date }>(
    `SELECT authenticated_at, last_seen_on, expires_at FROM account.session
     WHERE account_id = $1 AND expires_at > $2 ORDER BY authenticated_at`,
    [accountId, new Date(nowMs)],
  );
  return rows.map((row) => ({
    authenticated_at: row.authenticated_at.toISOString(),
    last_seen_on: row.last_seen_on,
    expires_at: row.expires_at.toISOString(),
  }));
}

async function* exportUsage(ledger: Peers['ledger'], accountId: string): AsyncGenerator<string> {
  let page = await readUsagePage(ledger, accountId, { pageSize: usagePage });
  yield `,"usage":{"periods":${JSON.stringify(page.periods)},"requests":[`;
  let separator = '';
  for (;;) {
    for (const request of page.requests) {
      yield separator + JSON.stringify(request);
      separator = ',';
    }
    const cursor: UsageCursor | undefined = page.next;
    if (!cursor) break;
    page = await readUsagePage(ledger, accountId, { cursor, pageSize: usagePage });
  }
  yield ']}';
}

async function* exportTransfers(ledger: Peers['ledger'], accountId: string): AsyncGenerator<{ readonly entry: string }> {
  try {
    for await (const transfer of ledger.ListTransfers({ accountId: idBytes(accountId) }))
      yield { entry: JSON.stringify(toTransferResource(transfer)) };
  } catch (error) {
    throw peerError(error);
  }
}
