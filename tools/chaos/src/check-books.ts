import type { BackOffice } from './back-office.ts';
import { boundsOf, exactCounts, type Bounds, type WorkerReceipt } from './bounds.ts';
import type { ClientReceipt } from './load.ts';
import type { Rates } from './price.ts';
import { isSamePrice, type PriceHistory } from './price-history.ts';
import type { Purse } from './stage.ts';
import type { BilledRequest, Statement } from './statement.ts';
import type { EdgeFaults } from './targets.ts';

/** What the books say beside what was sent and received. Money is nano-USD. */
export interface Totals {
  requests: number;
  /** Those whose model got another price while they ran. */
  repriced: number;
  /** By the workers' receipts, at the dearest that it may be charged. */
  sent: bigint;
  /** By the clients' receipts, at the least that it must be charged. */
  received: bigint;
  /** What accounts paid, and what losses paid in their place. */
  settled: bigint;
  /** Received and not charged. */
  lost: bigint;
  /** Charged beyond what was sent, or twice. */
  doubled: bigint;
  /** Spent beyond credit or limit, or sent on after the session was over. */
  overspent: bigint;
}

/** The totals, and a sentence for each thing that is wrong. */
export interface Verdict {
  readonly totals: Totals;
  readonly problems: readonly string[];
}

/** Compares worker, client, ledger and statement, request by request and account by account. */
export class BookCheck implements Verdict {
  readonly totals: Totals = { requests: 0, repriced: 0, sent: 0n, received: 0n, settled: 0n, lost: 0n, doubled: 0n, overspent: 0n };
  readonly problems: string[] = [];
  readonly #workers: ReadonlyMap<string, readonly WorkerReceipt[]>;
  readonly #faults: EdgeFaults;
  readonly #history: PriceHistory;
  readonly #published: BackOffice['prices'];

  constructor(workers: readonly WorkerReceipt[], faults: EdgeFaults, history: PriceHistory, published: BackOffice['prices']) {
    this.#workers = Map.groupBy(workers, ({ tag }) => tag ?? '');
    this.#faults = faults;
    this.#history = history;
    this.#published = published;
  }

  /** One account: all receipts of its clients, and its statement. `lateNano`: what losses paid in its place. */
  checkAccount(purse: Purse, clients: readonly ClientReceipt[], statement: Statement, lateNano: bigint): void {
    const rows = new Map(statement.requests.map((row) => [row.requestId, row]));
    const bounds = clients.map((client) => {
      const prices = this.#pricesOf(client, client.requestId === undefined ? undefined : rows.get(client.requestId));
      return { client, bounds: boundsOf(client, this.#workers.get(client.tag) ?? [], this.#faults, prices) };
    });
    for (const { bounds: one } of bounds) {
      this.totals.sent += one.most;
      this.totals.received += one.least;
    }
    this.totals.requests += clients.filter(({ status }) => status === 200).length;
    const spent = purse.creditNano - statement.posted;
    this.totals.settled += spent + lateNano;
    this.#checkStatement(purse, statement, spent);
    if (purse.customer.noLog) this.#checkSums(purse, bounds, spent + lateNano);
    else this.#checkRequests(purse, bounds, statement.requests);
    if (statement.posted < 0n) this.#overspent(-statement.posted, `${purse.customer.name} has ${statement.posted} left`);
    const { spendNanoMax } = purse.customer;
    if (spendNanoMax !== undefined && spent + lateNano > spendNanoMax) this.#overspent(spent + lateNano - spendNanoMax, `the key of ${purse.customer.name} spent more than its limit`);
  }

  /** All accounts that are deleted: nothing tells any more which of them a nano-dollar was of. */
  checkDeleted(purses: readonly Purse[], clients: readonly ClientReceipt[], { closedAccountsNano: total, deletedNano }: BackOffice): void {
    const bounds = clients.map((client) => boundsOf(client, this.#workers.get(client.tag) ?? [], this.#faults, this.#pricesOf(client, undefined)));
    const answered = BigInt(clients.filter(({ status }) => status === 200).length);
    const least = bounds.reduce((sum, one) => sum + one.least, 0n);
    const most = bounds.reduce((sum, one) => sum + one.most, 0n);
    const credit = purses.reduce((sum, { creditNano }) => sum + creditNano, 0n);
    this.totals.requests += Number(answered);
    this.totals.sent += most;
    this.totals.received += least;
    this.totals.settled += total;
    // Sums of no-log keys are rounded once for many requests.
    if (total < least - answered) this.#lost(least - total, `deleted accounts were charged ${total} for what is worth ${least} at least`);
    // A final that comes late costs the loss all of its request, whatever of it the account had paid before.
    if (total > most + deletedNano) this.#doubled(total - most - deletedNano, `deleted accounts were charged ${total}, ${deletedNano} of it too late, for what is worth ${most} at most`);
    if (total - deletedNano > credit) this.#overspent(total - deletedNano - credit, `deleted accounts spent ${total - deletedNano} of ${credit}`);
  }

  /** Something else that is wrong. */
  report(problem: string): void {
    this.problems.push(problem);
  }

  /** Why the run did not come to rest, before all that follows from it. */
  reportUnrest(problem: string): void {
    this.problems.unshift(problem);
  }

  /** What a request may cost a token: where billing tells its price version, by that alone, if it may have been admitted with it. */
  #pricesOf(client: ClientReceipt, row: BilledRequest | undefined): readonly Rates[] {
    const { model, purse, startedAtMs, headAtMs, endedAtMs } = client;
    const admittedBy = headAtMs === 0 ? endedAtMs : headAtMs;
    const possible = this.#history.between(model.id, startedAtMs, admittedBy);
    if (client.status === 200 && this.#history.endedBetween(model.id, admittedBy, endedAtMs)) this.totals.repriced++;
    if (!row) return possible;
    const billed = this.#published.get(row.priceVersion);
    if (billed?.model === model.id && possible.some((rates) => isSamePrice(rates, billed))) return [billed];
    this.report(`request ${row.requestId} of ${purse.customer.name} for ${model.id} is charged by version ${row.priceVersion}, which was not its price when it was admitted`);
    return billed ? [billed] : possible;
  }

  /** The account's own numbers agree with one another. */
  #checkStatement({ customer, creditNano }: Purse, { posted, transfersNano, openNano, periodsNano, requests }: Statement, spent: bigint): void {
    if (posted !== transfersNano - openNano) this.report(`${customer.name}: posted ${posted} is not transfers ${transfersNano} less open periods ${openNano}`);
    if (spent !== periodsNano) this.#difference(spent - periodsNano, `${customer.name}: of ${creditNano}, ${posted} is left, but the periods sum to ${periodsNano}`);
    if (customer.noLog) {
      if (requests.length > 0) this.report(`${customer.name} has rows of no-log requests`);
      return;
    }
    const charged = requests.reduce((sum, request) => sum + request.charged, 0n);
    if (spent !== charged) this.#difference(spent - charged, `${customer.name}: paid ${spent}, but the requests sum to ${charged}`);
  }

  /** No-log: sums alone. Rounded once for many requests, so that a nano-dollar a request may be missing. */
  #checkSums({ customer }: Purse, all: readonly { client: ClientReceipt; bounds: Bounds }[], spent: bigint): void {
    const rounding = BigInt(all.filter(({ client }) => client.status === 200).length);
    const least = all.reduce((sum, { bounds }) => sum + bounds.least, 0n) - rounding;
    const most = all.reduce((sum, { bounds }) => sum + bounds.most, 0n);
    if (spent < least) this.#lost(least - spent, `${customer.name}: ${spent} was charged for what is worth ${least} at least`);
    if (spent > most) this.#doubled(spent - most, `${customer.name}: ${spent} was charged for what is worth ${most} at most`);
  }

  #checkRequests({ customer }: Purse, all: readonly { client: ClientReceipt; bounds: Bounds }[], requests: readonly BilledRequest[]): void {
    const rows = new Map(requests.map((row) => [row.requestId, row]));
    let unknownMost = 0n;
    for (const { client, bounds } of all) {
      if (client.requestId === undefined) {
        unknownMost += bounds.most;
        continue;
      }
      this.#checkRequest(client, bounds, rows.get(client.requestId));
      rows.delete(client.requestId);
    }
    // Rows of requests whose clients never learned the id.
    const unknown = [...rows.values()].reduce((sum, { charge }) => sum + charge, 0n);
    if (unknown > unknownMost) this.#doubled(unknown - unknownMost, `${customer.name}: ${rows.size} requests that nobody sent cost ${unknown}`);
    for (const { requestId, final } of requests) if (!final) this.report(`request ${requestId} of ${customer.name} has no final`);
  }

  #checkRequest(client: ClientReceipt, { least, most, exact }: Bounds, row: BilledRequest | undefined): void {
    const charge = row?.charge ?? 0n;
    const what = `request ${client.requestId} of ${client.purse.customer.name} (${client.done ? 'whole' : 'cut'}, ${client.pieces} pieces received, billed ${row ? `${row.input}+${row.cached}+${row.output} as ${row.status}` : 'never'})`;
    if (charge < least) this.#lost(least - charge, `${what} cost ${charge} instead of ${least}`);
    else if (charge > most) this.#doubled(charge - most, `${what} cost ${charge} instead of ${most}`);
    else if (exact && row) {
      const { input, cached, output } = exactCounts(exact);
      if (row.input !== input || row.cached !== cached || row.output !== output) this.report(`${what} was ${input}+${cached}+${output}`);
    }
  }

  #difference(nano: bigint, problem: string): void {
    if (nano > 0n) this.#doubled(nano, problem);
    else this.#lost(-nano, problem);
  }

  #lost(nano: bigint, problem: string): void {
    this.totals.lost += nano;
    this.report(problem);
  }

  #doubled(nano: bigint, problem: string): void {
    this.totals.doubled += nano;
    this.report(problem);
  }

  #overspent(nano: bigint, problem: string): void {
    this.totals.overspent += nano;
    this.report(problem);
  }

  /** Pieces that clients got of an edge that had stood still for longer than its session. */
  reportForwardedLate(nano: bigint, problem: string): void {
    this.#overspent(nano, problem);
  }
}
