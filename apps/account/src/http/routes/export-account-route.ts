import { TacetError } from '@tacet/errors';
import { exportAccount, type ExportDependencies } from '../../export/export-account.ts';
import { exportResource } from '../../export/export-resource.ts';
import { throttleRules, type Throttle } from '../../passwords/throttle.ts';
import { drained } from '../event-stream.ts';
import { defineRoute, type Route } from '../route.ts';

/** Exports under way in one process. */
const exportsMax = 4;

/** `GET /api/account/export`: everything that is kept of the account, in one JSON document of any size. */
export function exportAccountRoute(dependencies: ExportDependencies, throttle: Throttle): Route {
  let running = 0;
  return defineRoute({
    method: 'GET',
    path: '/api/account/export',
    summary:
      'Everything that is kept of the account, as one JSON document that is streamed. A broken connection means that it ' +
      'is not whole. Needs a recent sign-in.',
    access: 'recent',
    responses: { 200: { description: 'The bundle.', body: { kind: 'json-stream', schema: exportResource } } },
    errors: ['rate_limited', 'overloaded', 'kek_disabled', 'unavailable'],
    handle: async ({ session, signal }) => {
      const { pool, clock } = dependencies;
      await throttle.spend(pool, throttleRules.exportsByAccount, session.account.accountId, clock());
      if (running >= exportsMax) throw new TacetError('overloaded', { retryAfterMs: 10_000 });
      running++;
      try {
        const chunks = exportAccount(dependencies, session.account);
        // What fails at once (a peer that is away) is an ordinary error still.
        const first = await chunks.next();
        return {
          stream: async (response) => {
            try {
              response.writeHead(200, {
                'content-type': 'application/json; charset=utf-8',
                'content-disposition': 'attachment; filename="tacet-export.json"',
              });
              for (let next = first; !next.done; next = await chunks.next()) {
                if (signal.aborted) throw new TacetError('client_closed');
                if (!response.write(next.value)) await drained(response);
              }
              response.end();
            } finally {
              running--;
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
