import { idBytes } from '../identifiers.ts';
import {
  toPeriodUsageResource,
  toRequestUsageResource,
  type PeriodUsageResource,
  type RequestUsageResource,
} from '../http/resources/usage-resource.ts';
import { peerError, type Peers } from '../peers.ts';

/** Where a page ended: the time in the id of its last request, and the requests of that very millisecond that were shown. */
export interface UsageCursor {
  readonly atMs: number;
  readonly shownIds: readonly string[];
}

export interface UsageQuery {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly cursor?: UsageCursor | undefined;
  readonly pageSize: number;
}

/** Requests, newest first, and on the first page the sums of the periods. */
export interface UsagePage {
  readonly requests: readonly RequestUsageResource[];
  readonly periods: readonly PeriodUsageResource[];
  readonly next: UsageCursor | undefined;
}

/** How long billing may take for one page. */
const pageMs = 20_000;

/**
 * Reads one page of an account's usage from billing, which lists by the time in the request's id (UUIDv7), its
 * admission: what was shown of the last millisecond is asked for again and left out. Throws `unavailable`.
 */
export async function readUsagePage(
  ledger: Peers['ledger'],
  accountId: string,
  { fromMs = 0, toMs = 0, cursor, pageSize }: UsageQuery,
): Promise<UsagePage> {
  const shown = new Set(cursor?.shownIds);
  const request = { accountId: idBytes(accountId), fromMs, toMs: cursor ? cursor.atMs + 1 : toMs, requestsMax: pageSize + shown.size + 1 };
  const requests: RequestUsageResource[] = [];
  const periods: PeriodUsageResource[] = [];
  try {
    for await (const row of ledger.ListUsage(request, { deadlineMs: pageMs })) {
      if (row.period && !cursor) periods.push(toPeriodUsageResource(row.period));
      if (!row.request) continue;
      const usage = toRequestUsageResource(row.request);
      if (!shown.has(usage.request_id)) requests.push(usage);
    }
  } catch (error) {
    throw peerError(error);
  }
  const page = requests.slice(0, pageSize);
  return { requests: page, periods, next: requests.length > pageSize ? cursorAfter(page, cursor) : undefined };
}

function cursorAfter(page: readonly RequestUsageResource[], former: UsageCursor | undefined): UsageCursor | undefined {
  const last = page.at(-1);
  if (!last) return undefined;
  const atMs = timeOf(last.request_id);
  const shownIds = page.map(({ request_id: requestId }) => requestId).filter((requestId) => timeOf(requestId) === atMs);
  return { atMs, shownIds: former?.atMs === atMs ? [...former.shownIds, ...shownIds] : shownIds };
}

/** The milliseconds in a UUIDv7 (RFC 9562 §5.7). */
function timeOf(requestId: string): number {
  return Number.parseInt(requestId.slice(0, 8) + requestId.slice(9, 13), 16);
}
