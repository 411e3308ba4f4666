import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DemoBehaviour } from './behaviour.ts';
import { readEmbedRequest, writeEmbeddings } from './embed.ts';
import { Lifecycle } from './lifecycle.ts';
import { isRefusal, readBody, readGenerateRequest, type RequestBody } from './read-request.ts';
import { sendError, sendJson, sendText } from './send.ts';
import { streamAnswer } from './stream-answer.ts';
import { sendWholeAnswer } from './whole-answer.ts';
import type { WorkerState } from './worker-state.ts';

const html = '<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1><p>demo</p></body></html>\n';

/** The routes that answer with tokens or vectors. */
export const modelRoutes = { '/v1/chat/completions': 'chat', '/v1/completions': 'text', '/v1/embeddings': 'embed' } as const;
export type ModelRoute = (typeof modelRoutes)[keyof typeof modelRoutes];

/** Serves one request to a model, whose body has arrived. */
export function serveRequest(state: WorkerState, path: string, route: ModelRoute, request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  if (state.settings.record) state.recorder.add(request, bytes);
  const body = readBody(bytes, state.faults.next());
  if (isRefusal(body)) return sendError(response, state.dialect, body.status, body.message, body.param);
  const { delayMs } = body.behaviour;
  const serve = () => (route === 'embed' ? embed(state, path, response, body) : generate(state, path, route, response, body));
  if (delayMs === undefined) return serve();
  const timer = setTimeout(serve, delayMs);
  response.once('close', () => clearTimeout(timer));
}

function generate(state: WorkerState, path: string, route: 'chat' | 'text', response: ServerResponse, body: RequestBody): void {
  const request = readGenerateRequest(route, body, state.settings);
  if (isRefusal(request)) return sendError(response, state.dialect, request.status, request.message, request.param);
  const { model, stream, choices, promptTokens, cachedTokens, behaviour } = request;
  const receipt = state.receipts.open({ tag: behaviour.tag, path, model, stream, choices, promptTokens, cachedTokens });
  const lifecycle = new Lifecycle(state, response, receipt);
  if (refuses(state, response, behaviour, lifecycle, request.lastText)) return;
  const context = { state, request, response, lifecycle };
  if (stream) streamAnswer(context);
  else sendWholeAnswer(context);
}

function embed(state: WorkerState, path: string, response: ServerResponse, body: RequestBody): void {
  const request = readEmbedRequest(body, state.settings);
  if (isRefusal(request)) return sendError(response, state.dialect, request.status, request.message, request.param);
  const promptTokens = body.behaviour.promptTokens ?? request.prompt.tokens;
  const receipt = state.receipts.open({ tag: body.behaviour.tag, path, model: request.model, stream: false, choices: request.prompt.count, promptTokens, cachedTokens: 0 });
  const lifecycle = new Lifecycle(state, response, receipt);
  if (refuses(state, response, body.behaviour, lifecycle, request.prompt.lastText)) return;
  lifecycle.run(
    () => {
      lifecycle.generated(0);
      receipt.usageTold = true;
      sendJson(response, 200, writeEmbeddings(request, state.settings, receipt.ordinal, promptTokens), true);
      lifecycle.finish();
    },
    () => undefined,
  );
}

/** The faults that come instead of an answer. */
function refuses(state: WorkerState, response: ServerResponse, behaviour: DemoBehaviour, lifecycle: Lifecycle, prompt: string): boolean {
  const { status, retryAfter, slotsFull, echo } = behaviour;
  const full = slotsFull === true || (state.settings.whenFull === 'refuse' && state.slots.full);
  if (!behaviour.html && status === undefined && !full) return false;
  lifecycle.receipt.status = status ?? (full ? 503 : 200);
  lifecycle.giveUp();
  const message = echo ? `The demo worker refuses, as it was told to: ${prompt}` : full ? 'All slots are taken.' : 'The demo worker refuses, as it was told to.';
  if (behaviour.html) sendText(response, status ?? 200, 'text/html; charset=utf-8', echo ? html.replace('demo', prompt) : html);
  else sendError(response, state.dialect, lifecycle.receipt.status, message, null, retryAfter);
  return true;
}
