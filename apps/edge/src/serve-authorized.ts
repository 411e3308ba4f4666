import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorize } from './authorize.ts';
import type { ErrorDialect } from './endpoints.ts';
import { isAnthropic } from './http/is-anthropic.ts';
import { queryOf } from './http/path.ts';
import type { Caller } from './keys/caller.ts';
import type { DoorName } from './serve-inference.ts';

/** A question about what the edge or billing knows, by somebody who may ask. */
export interface AuthorizedQuestion {
  readonly caller: Caller;
  readonly response: ServerResponse;
  readonly dialect: ErrorDialect;
  /** What follows the route in the path. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** Answers it. Throws or rejects with `TacetError`. */
export type AuthorizedHandler = (question: AuthorizedQuestion) => void | Promise<void>;

/** A route that reaches no worker, through both doors: who calls, then the answer. `rest`: what follows the route in the path. */
export async function serveAuthorized(authorize: Authorize, handler: AuthorizedHandler, door: DoorName, request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
  const caller = await (door === 'public' ? authorize.byKey(request.headers) : authorize.byAccount(request.headers));
  const query = new URLSearchParams(queryOf(request.url ?? ''));
  await handler({ caller, response, dialect: isAnthropic(request) ? 'anthropic' : 'openai', rest, query });
}
