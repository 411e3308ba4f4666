import type { IncomingMessage, ServerResponse } from 'node:http';
import { TacetError } from '@tacet/errors';
import express, { type NextFunction, type Request, type Response } from 'express';
import { endpointOf, endpoints, type Endpoint } from '../endpoints.ts';
import type { Authorize } from '../authorize.ts';
import { serveAuthorized, type AuthorizedHandler } from '../serve-authorized.ts';
import type { DoorName } from '../serve-inference.ts';
import type { ClientResponse } from './client-response.ts';
import { queryOf, routePath } from './path.ts';
import type { ClientRequest } from './plain-request.ts';

/** Questions that reach no worker. */
export interface Questions {
  readonly listModels: AuthorizedHandler;
  readonly showModel: AuthorizedHandler;
  readonly showKey: AuthorizedHandler;
  readonly showCredits: AuthorizedHandler;
  readonly showGeneration: AuthorizedHandler;
}

export interface ApplicationOptions {
  readonly serveInference: (endpoint: Endpoint, request: ClientRequest, response: ClientResponse, door: DoorName) => Promise<void>;
  readonly authorize: Authorize;
  readonly questions: Questions;
  /** Answers with an error. */
  readonly refuse: (request: IncomingMessage, response: ServerResponse, error: unknown) => void;
}

/**
 * The routes of a door. Express serves all but those that reach workers: it changes the prototype of every request
 * and response that it sees, which throws the engine's inline caches away.
 */
export function createApplication(door: DoorName, { serveInference, authorize, questions, refuse }: ApplicationOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const answer = (handler: AuthorizedHandler, prefix: string) => (request: Request, response: Response) => serveAuthorized(authorize, handler, door, request, response, request.path.slice(prefix.length));
  const ask = (path: string, handler: AuthorizedHandler) => app.get(path, answer(handler, path)).all(path, notAllowed('GET'));
  ask('/v1/models', questions.listModels);
  ask('/v1/key', questions.showKey);
  ask('/v1/credits', questions.showCredits);
  ask('/v1/generation', questions.showGeneration);
  // Ids hold slashes; and what is no good escape is for the handler to say.
  app.get(/^\/v1\/models\/./, answer(questions.showModel, '/v1/models/'));
  for (const { path } of Object.values(endpoints)) app.all(path, notAllowed('POST'));
  app.use((_request: Request, _response: Response) => {
    throw new TacetError('route_unknown');
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => refuse(request, response, error));
  return (request, response) => {
    const url = request.url ?? '/';
    // Most ask by the very path, which needs no reading.
    const endpoint = request.method === 'POST' ? (endpointOf(url) ?? endpointOf(routePath(url))) : undefined;
    if (endpoint) {
      void serveInference(endpoint, request, response, door);
      return;
    }
    request.url = routePath(url) + queryOf(url);
    app(request, response);
  };
}

function notAllowed(method: string) {
  return (_request: Request, response: Response): never => {
    response.setHeader('allow', method);
    throw new TacetError('method_not_allowed');
  };
}
