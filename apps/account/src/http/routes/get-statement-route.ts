import { z } from 'zod';
import { TacetError } from '@tacet/errors';
import type { Peers } from '../../peers.ts';
import { readStatement, statementAsCsv, statementAsJson } from '../../usage/write-statement.ts';
import { drained } from '../event-stream.ts';
import { statementLineResource } from '../resources/statement-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** Statements under way in one process. */
const statementsMax = 8;

const types = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' } as const;

/** `GET /api/statement`: every change of the balance with its cause, as JSON or CSV of any length. */
export function getStatementRoute(ledger: Peers['ledger']): Route {
  let running = 0;
  return defineRoute({
    method: 'GET',
    path: '/api/statement',
    summary:
      'Every change of what is posted with its cause, oldest first: amounts add up to the balance. Streamed, as JSON or as CSV (RFC 4180, ' +
      'the same fields); a broken connection means that it is not whole.',
    access: 'session',
    query: z.strictObject({
      from: z.iso.datetime().optional(),
      to: z.iso.datetime().optional(),
      format: z.enum(['json', 'csv']).default('json'),
    }),
    responses: {
      200: {
        description: 'The statement.',
        body: { kind: 'json-stream', schema: z.strictObject({ lines: z.array(statementLineResource) }), orText: 'text/csv' },
      },
    },
    errors: ['not_found', 'overloaded', 'unavailable'],
    handle: async ({ query, session, signal }) => {
      if (running >= statementsMax) throw new TacetError('overloaded', { retryAfterMs: 10_000 });
      running++;
      try {
        const toMs = (iso: string | undefined) => (iso === undefined ? 0 : Date.parse(iso));
        const lines = readStatement(ledger, session.account.accountId, { fromMs: toMs(query.from), toMs: toMs(query.to) });
        const pieces = query.format === 'csv' ? statementAsCsv(lines) : statementAsJson(lines);
        // What fails at once (no such balance, billing away) is an ordinary error still: a CSV's first piece asks nobody.
        const head = query.format === 'csv' ? (await pieces.next()).value : '';
        const first = await pieces.next();
        return {
          stream: async (response) => {
            try {
              response.writeHead(200, {
                'content-type': types[query.format],
                'content-disposition': `attachment; filename="tacet-statement.${query.format}"`,
              });
              if (head) response.write(head);
              for (let next = first; !next.done; next = await pieces.next()) {
                if (signal.aborted) throw new TacetError('client_closed');
                if (!response.write(next.value)) await drained(response);
              }
              response.end();
            } finally {
              running--;
              await pieces.return(undefined);
            }
          },
        };
      } catch (error) {
        running--;
        throw error;
      }
    },
  });
}
