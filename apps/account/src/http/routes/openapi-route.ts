import { z } from 'zod';
import { defineRoute, type Route } from '../route.ts';

/** `GET /openapi.json`. `document` is made when it is asked for, from all routes, this one too. */
export function openApiRoute(document: () => object): Route {
  return defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document.',
    access: 'public',
    responses: {
      200: { description: 'An OpenAPI 3.1 document.', body: { kind: 'json', schema: z.looseObject({ openapi: z.literal('3.1.0') }) } },
    },
    errors: [],
    handle: async () => ({ status: 200, body: document() }),
  });
}
