import { randomUUID } from 'node:crypto';
import { createServer, STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { databaseAway } from '@tacet/database';
import { TacetError, toTacetError, type ErrorCode } from '@tacet/errors';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import type { AccountEvents } from '../events.ts';
import { toErrorEnvelope } from './error-envelope.ts';
import type { Method, Route } from './route.ts';
import { sendJson, serveRoute, type ServeDependencies } from './serve-route.ts';

export interface HttpServerOptions extends ServeDependencies {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly trustedProxies: number;
  readonly publicOrigin: string;
  readonly routes: readonly Route[];
  readonly events: AccountEvents;
}

export interface HttpServer {
  readonly port: number;
  /** Refuses new connections, waits for running answers up to `graceMs`, then has them end, and waits for that. */
  stop(graceMs: number): Promise<void>;
}

const headersMsMax = 15_000;
const requestMsMax = 60_000;
/** Longer than the usual load balancer's, which must be the one that closes idle connections. */
const idleMs = 90_000;
const connectionsMax = 10_000;
const headerBytesMax = 16_384;

/** Serves the routes over HTTP. Bodies are parsed by nobody but `serveRoute`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const app = createApp(options, stopping.signal, running);
  const server = createServer(
    { maxHeaderSize: headerBytesMax, headersTimeout: headersMsMax, requestTimeout: requestMsMax, keepAliveTimeout: idleMs, noDelay: true },
    app as never,
  );
  server.maxConnections = connectionsMax;
  server.on('clientError', (error, socket) => refuse(error, socket as Socket, options.publicOrigin));
  await listen(server, options.host, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    stop: async (graceMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => stopping.abort(), graceMs);
      while (running.size > 0) await Promise.all(running);
      clearTimeout(timer);
      server.closeAllConnections();
      await closed;
    },
  };
}

function createApp(options: HttpServerOptions, stopping: AbortSignal, running: Set<Promise<void>>): ReturnType<typeof express> {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('trust proxy', options.trustedProxies);
  const methodsByPath = new Map<string, Method[]>();
  for (const route of options.routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), route.method]);
    const verb = route.method.toLowerCase() as Lowercase<Method>;
    app[verb](path, (request, response) => track(running, answer(options, route, request, response, stopping)));
  }
  for (const [path, methods] of methodsByPath) {
    app.all(path, (request, response) => {
      response.setHeader('allow', methods.join(', '));
      sendError(options, 'method_not_allowed', request, response, new TacetError('method_not_allowed'));
    });
  }
  app.use((request: Request, response: Response) => sendError(options, 'unknown', request, response, new TacetError('route_unknown')));
  // Express itself throws only for paths that cannot be decoded; its message quotes them.
  const onExpressError: ErrorRequestHandler = (_error, request, response, _next) =>
    sendError(options, 'unknown', request, response, new TacetError('bad_request'));
  app.use(onExpressError);
  return app;
}

/** Answers one request; never throws. */
async function answer(
  options: HttpServerOptions,
  route: Route,
  request: Request,
  response: Response,
  stopping: AbortSignal,
): Promise<void> {
  const label = `${route.method} ${route.path}`;
  const beganAt = performance.now();
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
    options.events.requestAnswered(label, response.writableFinished ? response.statusCode : 499, performance.now() - beganAt);
  });
  setCommonHeaders(response, options.publicOrigin);
  try {
    await serveRoute(options, route, request as never, response, AbortSignal.any([left.signal, stopping]));
  } catch (error) {
    sendError(options, label, request, response, error);
  }
}

function sendError({ events, publicOrigin }: HttpServerOptions, label: string, request: Request, response: Response, error: unknown): void {
  const typed = toTacetError(databaseAway(error));
  const requestId = randomUUID();
  if (response.headersSent || response.destroyed) {
    // Nothing can be said any more: a torn connection shows that the answer is not whole.
    if (!response.destroyed) events.answerBroke(label, error);
    response.destroy();
    return;
  }
  if (typed.code === 'internal_error') events.requestFailed(label, requestId, error);
  else if (typed !== error) events.databaseAway(label, error);
  setCommonHeaders(response, publicOrigin);
  if (typed.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(typed.retryAfterMs / 1_000));
    response.setHeader('retry-after-ms', Math.ceil(typed.retryAfterMs));
  }
  // What is left of the body is thrown away as it comes: closing at once would lose the answer on its way.
  request.resume();
  sendJson(
    response,
    typed.httpStatus,
    toErrorEnvelope(typed, publicOrigin, requestId),
    typed.code === 'internal_error' ? { 'x-request-id': requestId } : {},
  );
}

/** Nothing of account is for caches, frames, or other sites. */
function setCommonHeaders(response: ServerResponse, publicOrigin: string): void {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  if (publicOrigin.startsWith('https:')) response.setHeader('strict-transport-security', 'max-age=31536000');
}

/** Answers what was no valid request, by hand, since there is none to answer. */
function refuse(error: Error & { code?: string }, socket: Socket, publicOrigin: string): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = codeOfClientError(error.code);
  const typed = new TacetError(code);
  const body = JSON.stringify(toErrorEnvelope(typed, publicOrigin, ''));
  const head = [
    `HTTP/1.1 ${typed.httpStatus} ${STATUS_CODES[typed.httpStatus]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function codeOfClientError(code: string | undefined): ErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'bad_request';
}

async function track(running: Set<Promise<void>>, work: Promise<void>): Promise<void> {
  running.add(work);
  await work.finally(() => running.delete(work));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
