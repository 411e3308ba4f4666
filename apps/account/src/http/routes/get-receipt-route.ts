import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { findReceipt } from '../../deletion/write-receipt.ts';
import { receiptResource } from '../resources/receipt-resource.ts';
import { defineRoute, type Route } from '../route.ts';

/** `GET /api/receipts/{token}`: whoever holds the link of a deletion may see its receipt. */
export function getReceiptRoute(pool: Pool, clock: Clock): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/receipts/{token}',
    summary: 'The receipt of a deletion: counts and dates, signed with the key at /.well-known/tacet-keys.',
    access: 'public',
    params: z.strictObject({ token: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is the token of a receipt') }),
    responses: {
      200: { description: 'The receipt.', body: { kind: 'json', schema: receiptResource } },
      202: {
        description: 'The deletion is still under way.',
        body: { kind: 'json', schema: z.strictObject({ status: z.literal('pending') }) },
      },
    },
    errors: ['not_found'],
    handle: async ({ params }) => {
      const found = await findReceipt(pool, params.token, clock());
      if (found === undefined) throw new TacetError('not_found');
      return found === 'pending'
        ? { status: 202, body: { status: 'pending' }, headers: { 'retry-after': '10' } }
        : { status: 200, body: found };
    },
  });
}
