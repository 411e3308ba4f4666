import { z } from 'zod';
import type { Peers } from '../../peers.ts';
import { readUsagePage } from '../../usage/read-usage-page.ts';
import { cursorSchema, decodeCursor, encodeCursor, limitSchema } from '../cursor.ts';
import { periodUsageResource, requestUsageResource } from '../resources/usage-resource.ts';
import { defineRoute, type Route } from '../route.ts';

const placeSchema = z.strictObject({ atMs: z.int().min(0), shownIds: z.array(z.uuid()).max(400) });

/** `GET /api/usage`: requests of normal keys, and sums, which are all there is of no-log keys. */
export function listUsageRoute(ledger: Peers['ledger']): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/usage',
    summary:
      'Requests of normal keys, newest first; on the first page also the sums of the periods, which are all there is for no-log keys.',
    access: 'session',
    query: z.strictObject({ from: z.iso.datetime().optional(), to: z.iso.datetime().optional(), cursor: cursorSchema, limit: limitSchema }),
    responses: {
      200: {
        description: 'A page.',
        body: {
          kind: 'json',
          schema: z.strictObject({
            data: z.array(requestUsageResource),
            periods: z.array(periodUsageResource),
            next_cursor: z.string().nullable(),
          }),
        },
      },
    },
    errors: ['unavailable'],
    handle: async ({ query, session }) => {
      const toMs = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));
      const cursor = decodeCursor(placeSchema, query.cursor);
      const { requests, periods, next } = await readUsagePage(ledger, session.account.accountId, {
        fromMs: toMs(query.from),
        toMs: toMs(query.to),
        cursor,
        pageSize: query.limit,
      });
      return { status: 200, body: { data: requests, periods, next_cursor: next === undefined ? null : encodeCursor(next) } };
    },
  });
}
