import type { ServerResponse } from 'node:http';
import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Clock } from '../clock.ts';
import { findSession, recentMs, type Session } from '../sessions/sessions.ts';
import type { OriginCheck } from './check-origin.ts';
import { clientNetwork } from './client-network.ts';
import { parseInput } from './parse-input.ts';
import { readJsonBody } from './read-body.ts';
import type { Access, Route, RoutedRequest } from './route.ts';
import type { SessionCookie } from './session-cookie.ts';

export interface ServeDependencies {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly checkOrigin: OriginCheck;
  readonly sessionCookie: SessionCookie;
}

/** Serves one request by its route: origin, session, parameters, query, body, then the handler, in this order. */
export async function serveRoute(
  dependencies: ServeDependencies,
  route: Route,
  request: RoutedRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const { checkOrigin, sessionCookie } = dependencies;
  if (route.access !== 'public') checkOrigin(request);
  const cookieHeader = request.headers.cookie;
  const session = await authenticate(dependencies, route.access, sessionCookie.read(cookieHeader));
  const params = route.params && parseInput(route.params, request.params);
  const query = route.query && parseInput(route.query, request.query, 'field_invalid');
  const body = route.body && parseInput(route.body, await readJsonBody(request));
  const reply = await route.handle({ params, query, body, session, network: clientNetwork(request.ip), cookieHeader, signal });
  if ('stream' in reply) return reply.stream(response);
  const { status, cookie, headers = {} } = reply;
  if (cookie !== undefined) response.setHeader('set-cookie', cookie);
  sendJson(response, status, reply.body, headers);
}

/** Answers with JSON, or with nothing. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text), ...headers })
    .end(text);
}

async function authenticate(
  { pool, clock }: ServeDependencies,
  access: Access,
  plaintextToken: string | undefined,
): Promise<Session | undefined> {
  if (access === 'public' || access === 'site') return undefined;
  const session = plaintextToken === undefined ? undefined : await findSession(pool, plaintextToken, clock());
  if (!session) throw new TacetError('session_missing');
  if (access === 'recent' && clock() - session.authenticatedAtMs > recentMs) throw new TacetError('reauthentication_required');
  return session;
}
