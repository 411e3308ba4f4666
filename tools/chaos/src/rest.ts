import { eventually, tablesWith } from '@tacet/testing';
import type { UsageRecord } from '@tacet/usage';
import { readBackOffice, withDatabase, type BackOffice } from './back-office.ts';
import { idText } from './id-text.ts';
import { tickMsMax } from './ask.ts';
import { BookCheck } from './check-books.ts';
import type { ClientReceipt } from './load.ts';
import { readOutbox } from './read-outbox.ts';
import { priceOf } from './price.ts';
import { sessionMs } from './session-ms.ts';
import type { Stage } from './stage.ts';
import { readStatement, type Statement } from './statement.ts';
import type { Targets } from './targets.ts';

/** Everything must have come to rest within this. */
const restMsMax = 180_000;
/** What does not move for so long never will. */
const stuckMs = 25_000;
const startingMs = 20_000;
const readyMsMax = 60_000;
const checkLedgerMs = 60_000;

/** Kinds of discrepancies that no fault may bring about; docs/money.md explains each. */
const impossible = ['posted_differs', 'ledger_not_zero', 'charge_differs', 'held_differs', 'below_overdraft', 'unknown_price', 'unknown_format', 'request_conflict', 'record_refused'];

/** Waits until nothing is running, held or unapplied. Throws, with what is missing, when that does not come about. */
export async function waitForRest(stage: Stage, targets: Targets): Promise<void> {
  await targets.untilReady(readyMsMax);
  await eventually('the workers are idle', async () => (await Promise.all(stage.workers.map((worker) => worker.receipts()))).every(({ running }) => running === 0), restMsMax);
  let missing = '';
  let movedAt = performance.now();
  await eventually('all is applied and nothing is held', async () => {
    const now = await whatIsMissing(stage);
    // A process that has ended by itself must start, and Kafka's group find itself again.
    if (now !== missing || targets.all.some(({ startedAtMs, isBusy }) => isBusy || performance.now() - startedAtMs < startingMs)) movedAt = performance.now();
    missing = now;
    // The longest that the protocol waits is the 10 s before an edge sends again.
    return missing === '' || performance.now() - movedAt > stuckMs;
  }, restMsMax).catch((error: unknown) => {
    const { cause } = error as Error;
    throw new Error(`the run does not come to rest: ${cause instanceof Error ? cause.message : missing}`, { cause: error });
  });
  if (missing !== '') throw new Error(`the run does not come to rest: ${missing}, and nothing moves any more`);
}

async function whatIsMissing(stage: Stage): Promise<string> {
  const { operator, servers } = stage.constellation;
  for (const { customer, account, isGone } of stage.purses) {
    if (isGone) continue;
    const { heldNano } = await operator.ledger.GetBalance({ accountId: account.accountIdBytes });
    if (heldNano !== '0') return `${heldNano} nano-USD of ${customer.name} are held`;
  }
  const { applied, deletions } = await readBackOffice(servers.databases.main.databaseAdminUrl);
  if (deletions.length > 0) return `the deletion of an account is at ${deletions.join('; ')}`;
  for (const { spoolFolder, process } of stage.constellation.edges) {
    for (const [place, seq] of await lastSeqs(spoolFolder)) if ((applied.get(place) ?? 0n) < seq) return `${process.name}, partition ${place.split(' ')[1]}: ${applied.get(place) ?? 0n} of ${seq} records are applied`;
  }
  return '';
}

/** The last seq that an edge has written, by `edge partition`. */
export async function lastSeqs(spoolFolder: string): Promise<ReadonlyMap<string, bigint>> {
  return new Map((await readOutbox(spoolFolder)).map(({ edgeId, partition, seq }) => [`${idText(edgeId)} ${partition}`, seq]));
}

/** Checks every invariant at rest: billing's own, and from outside. */
export async function checkAtRest(stage: Stage, targets: Targets, clients: readonly ClientReceipt[]): Promise<{ readonly check: BookCheck; readonly office: BackOffice }> {
  const { operator, servers, edges } = stage.constellation;
  const workers = (await Promise.all(stage.workers.map((worker) => worker.receipts()))).flatMap(({ receipts }) => receipts);
  const office = await readBackOffice(servers.databases.main.databaseAdminUrl);
  const check = new BookCheck(workers, targets.edgeFaults, stage.prices, office.prices);
  const { invariants } = await operator.ledger.CheckLedger({}, { deadlineMs: checkLedgerMs });
  for (const { number, sentence, holds, examples } of invariants) if (!holds) check.report(`invariant ${number} is broken (${sentence}): ${examples.join('; ')}`);
  for (const name of office.discrepancies) {
    const kind = name.split(' ')[0] ?? '';
    if (impossible.includes(kind) && !stage.expectedDiscrepancies.has(kind)) check.report(`discrepancy ${name}`);
  }
  const strange = office.deadLetters.filter((record) => !stage.poisoned.has(record));
  if (strange.length > 0) check.report(`${strange.length} records were set aside`);
  const byAccount = Map.groupBy(clients, ({ purse }) => purse);
  const statements: Statement[] = [];
  const gone = stage.purses.filter(({ isGone }) => isGone);
  for (const purse of stage.purses) {
    if (purse.isGone) continue;
    const statement = await readStatement(operator, purse.account.accountIdBytes);
    statements.push(statement);
    check.checkAccount(purse, byAccount.get(purse) ?? [], statement, office.lateByAccount.get(purse.account.accountId) ?? 0n);
  }
  check.checkDeleted(gone, gone.flatMap((purse) => byAccount.get(purse) ?? []), office);
  const ids = gone.flatMap(({ account }) => [account.accountId, account.keyId]);
  for (const table of await withDatabase(servers.databases.main.databaseAdminUrl, (client) => tablesWith(client, ids))) check.report(`${table} still has rows of a deleted account`);
  const records = (await Promise.all(edges.map(({ spoolFolder }) => readOutbox(spoolFolder)))).flat().filter(({ accountId }) => !ids.includes(idText(accountId)));
  checkOutbox(check, records, statements);
  checkForwarding(check, clients, targets);
  return { check, office };
}

/** Every record of an outbox has its effect: a request is billed by the last record of it. */
function checkOutbox(check: BookCheck, records: readonly UsageRecord[], statements: readonly Statement[]): void {
  const last = new Map<string, UsageRecord>();
  for (const record of records) if (record.kind !== 'hole') last.set(idText(record.requestId), record);
  const rows = new Map(statements.flatMap(({ requests }) => requests.map((row) => [row.requestId, row])));
  for (const [requestId, { inputTokens, cachedTokens, outputTokens }] of last) {
    const row = rows.get(requestId);
    const isSame = row && row.input === BigInt(inputTokens) && row.cached === BigInt(cachedTokens) && row.output === BigInt(outputTokens);
    if (!isSame) check.report(`the outbox has ${inputTokens}+${cachedTokens}+${outputTokens} of request ${requestId}, billing has ${row ? `${row.input}+${row.cached}+${row.output}` : 'nothing'}`);
  }
}

/** An edge that stood still for longer than its session hands nothing more to its clients when it wakes: that money may be others'. */
function checkForwarding(check: BookCheck, clients: readonly ClientReceipt[], { edgeFaults }: Targets): void {
  for (const { edge, startedAtMs, lastPieceAtMs, lastPieces, model, purse } of clients) {
    for (const { from, to } of edgeFaults.pauses[edge] ?? []) {
      // A tick in whose middle it was stopped may still be finished.
      if (to - from < sessionMs || startedAtMs > from || lastPieceAtMs <= to + tickMsMax) continue;
      check.reportForwardedLate(priceOf(model, { input: 0n, cached: 0n, output: BigInt(lastPieces) }), `a stream of ${purse.customer.name} went on for ${Math.round(lastPieceAtMs - to)} ms after its edge had stood still for longer than its session`);
    }
  }
}
