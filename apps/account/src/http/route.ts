import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@tacet/errors';
import type { z } from 'zod';
import type { Session } from '../sessions/sessions.ts';

/**
 * Who may call a route. `public`: anybody, from any page, with no cookie looked at. `site`: anybody, but no other
 * site's page. `session`: who is signed in. `recent`: who signed in within the last 10 minutes.
 */
export type Access = 'public' | 'site' | 'session' | 'recent';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a response of a status holds: JSON of a schema, nothing, or a stream of events or JSON that is described in words. */
export type ResponseBody =
  | { readonly kind: 'json'; readonly schema: z.ZodType }
  | { readonly kind: 'empty' }
  | { readonly kind: 'events'; readonly description: string }
  /** `orText`: another type that the same answer can have, as text. */
  | { readonly kind: 'json-stream'; readonly schema: z.ZodType; readonly orText?: string };

export interface ResponseDefinition {
  readonly description: string;
  readonly body: ResponseBody;
  /** The response sets or clears the session's cookie. */
  readonly setsCookie?: boolean;
}

/** What a handler is given: everything in it was checked. */
export interface RouteInput<P, Q, B, S> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly session: S;
  /** The network that the request came from, for counting attempts. */
  readonly network: string;
  readonly cookieHeader: string | undefined;
  /** Aborted when the client leaves before the end of its answer, or the process stops. */
  readonly signal: AbortSignal;
}

/** What a handler answers. */
export type Reply =
  | { readonly status: number; readonly body?: object; readonly cookie?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Writes the answer itself; called at once, and waited for. */
  | { readonly stream: (response: ServerResponse) => Promise<void> };

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;
type SessionOf<A extends Access> = A extends 'session' | 'recent' ? Session : undefined;

interface Definition<A extends Access, P extends z.ZodType | undefined, Q extends z.ZodType | undefined, B extends z.ZodType | undefined> {
  readonly method: Method;
  /** With `{name}` for each parameter. */
  readonly path: string;
  readonly summary: string;
  readonly access: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly responses: Readonly<Record<number, ResponseDefinition>>;
  /** Errors of this route beside those that its access, parameters and body bring. */
  readonly errors: readonly ErrorCode[];
  readonly handle: (input: RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>, SessionOf<A>>) => Promise<Reply>;
}

/** A route: what is served, and what openapi.json says of it. */
export interface Route extends Omit<Definition<Access, z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined>, 'handle'> {
  readonly handle: (input: RouteInput<unknown, unknown, unknown, Session | undefined>) => Promise<Reply>;
}

/** Defines a route with the types that its schemas give. */
export function defineRoute<
  A extends Access,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(definition: Definition<A, P, Q, B>): Route {
  // serveRoute parses with these very schemas and looks the session up as `access` says.
  return definition as unknown as Route;
}

/** The request that a route is served from; express adds the parameters and the address behind trusted proxies. */
export interface RoutedRequest extends IncomingMessage {
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly query: unknown;
  readonly ip?: string | undefined;
}
