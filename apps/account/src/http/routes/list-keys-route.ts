import type { Pool } from '@tacet/database';
import { z } from 'zod';
import { listKeys } from '../../keys/list-keys.ts';
import { cursorSchema, decodeCursor, encodeCursor, limitSchema } from '../cursor.ts';
import { keyResource, toKeyResource } from '../resources/key-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/keys`: all keys by creation, revoked ones too. */
export function listKeysRoute(pool: Pool): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/keys',
    summary: 'The API keys of the account by creation, revoked ones too. The keys themselves are not kept.',
    access: 'session',
    query: z.strictObject({ cursor: cursorSchema, limit: limitSchema }),
    responses: {
      200: {
        description: 'A page.',
        body: { kind: 'json', schema: z.strictObject({ data: z.array(keyResource), next_cursor: z.string().nullable() }) },
      },
    },
    errors: [],
    handle: async ({ query, session }) => {
      const { accountId, allKeysNoLog } = session.account;
      const { keys, next } = await listKeys(pool, accountId, { after: decodeCursor(z.uuid(), query.cursor), pageSize: query.limit });
      return {
        status: 200,
        body: { data: keys.map((key) => toKeyResource(key, allKeysNoLog)), next_cursor: next === undefined ? null : encodeCursor(next) },
      };
    },
  });
}
