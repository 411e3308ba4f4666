import { createRoutes } from '../../src/http/routes.ts';
import type { Route } from '../../src/http/route.ts';
import { createSessionCookie } from '../../src/http/session-cookie.ts';

/** The routes as the process serves them, to be looked at; none of them can be called. */
export function describedRoutes(): readonly Route[] {
  const publicOrigin = 'https://tacet.example.test';
  return createRoutes({ publicOrigin, cookie: createSessionCookie(publicOrigin), peers: {}, signer: { publicKeys: [] } } as never);
}
