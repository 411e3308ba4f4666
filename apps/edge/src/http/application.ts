import type { IncomingMessage, ServerResponse } from 'node:http';
import { TacetError } from '@tacet/errors';
import express, { type NextFunction, type Request, type Response } from 'express';
import { endpointOf, endpoints, type Endpoint } from '../endpoints.ts';
import type { DoorName } from '../serve-inference.ts';
import { routePath } from './path.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, door: DoorName) => Promise<void>;

export interface ApplicationOptions {
  readonly serveInference: (endpoint: Endpoint, request: IncomingMessage, response: ServerResponse, door: DoorName) => Promise<void>;
  readonly listModels: Handler;
  /** Answers with an error. */
  readonly refuse: (request: IncomingMessage, response: ServerResponse, error: unknown) => void;
}

/**
 * The routes of a door. Express serves all but those that reach workers: it changes the prototype of every request
 * and response that it sees, which throws the engine's inline caches away.
 */
export function createApplication(door: DoorName, { serveInference, listModels, refuse }: ApplicationOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/v1/models', (request, response) => listModels(request, response, door));
  app.all('/v1/models', notAllowed('GET'));
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
    request.url = routePath(url);
    app(request, response);
  };
}

function notAllowed(method: string) {
  return (_request: Request, response: Response): never => {
    response.setHeader('allow', method);
    throw new TacetError('method_not_allowed');
  };
}
