import type { IncomingMessage, ServerResponse } from 'node:http';
import { TacetError } from '@tacet/errors';
import express, { type NextFunction, type Request, type Response } from 'express';
import type { DoorName } from '../serve-inference.ts';
import { routePath } from './path.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, door: DoorName) => Promise<void>;

export interface ApplicationOptions {
  readonly serveInference: Handler;
  readonly listModels: Handler;
  /** Answers with an error. */
  readonly refuse: (request: IncomingMessage, response: ServerResponse, error: unknown) => void;
}

const chatPath = '/v1/chat/completions';

/**
 * The routes of a door. Express serves all but the hot one: it changes the prototype of every request and
 * response that it sees, which throws the engine's inline caches away.
 */
export function createApplication(door: DoorName, { serveInference, listModels, refuse }: ApplicationOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/v1/models', (request, response) => listModels(request, response, door));
  app.all('/v1/models', notAllowed('GET'));
  app.all(chatPath, notAllowed('POST'));
  app.use((_request: Request, _response: Response) => {
    throw new TacetError('route_unknown');
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => refuse(request, response, error));
  return (request, response) => {
    const path = request.url === chatPath ? chatPath : routePath(request.url ?? '/');
    if (path === chatPath && request.method === 'POST') void serveInference(request, response, door);
    else {
      request.url = path;
      app(request, response);
    }
  };
}

function notAllowed(method: string) {
  return (_request: Request, response: Response): never => {
    response.setHeader('allow', method);
    throw new TacetError('method_not_allowed');
  };
}
