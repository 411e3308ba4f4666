import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DemoBehaviour } from './behaviour.ts';
import { withAnthropicErrors } from './dialects/anthropic-errors.ts';
import { readEmbedRequest, writeEmbeddings } from './embed.ts';
import { Lifecycle } from './lifecycle.ts';
import { readRankRequest, writeRanks } from './rank.ts';
import { isRefusal, readBody, readModel, type RequestBody } from './read-body.ts';
import type { Prompt } from './read-prompt.ts';
import { readGenerateRequest, readPrompt, type GenerateRoute } from './read-request.ts';
import { sendError, sendJson, sendText } from './send.ts';
import { streamAnswer } from './stream-answer.ts';
import { sendWholeAnswer } from './whole-answer.ts';
import type { WorkerState } from './worker-state.ts';

const html = '<!DOCTYPE html>\n<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1><p>demo</p></body></html>\n';

/** The routes that answer with tokens or vectors. */
export const modelRoutes = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'text',
  '/v1/embeddings': 'embed',
  '/v1/messages': 'messages',
  '/v1/messages/count_tokens': 'count',
  '/v1/responses': 'responses',
  '/v1/rerank': 'rerank',
  '/v1/score': 'score',
} as const;
export type ModelRoute = (typeof modelRoutes)[keyof typeof modelRoutes];

/** Serves one request to a model, whose body has arrived. */
export function serveRequest(worker: WorkerState, path: string, route: ModelRoute, request: IncomingMessage, response: ServerResponse, bytes: Buffer): void {
  const state = route === 'messages' || route === 'count' ? { ...worker, dialect: withAnthropicErrors(worker.dialect) } : worker;
  if (state.settings.record) state.recorder.add(request, bytes);
  const body = readBody(bytes, state.faults.next());
  if (isRefusal(body)) return sendError(response, state.dialect, body.status, body.message, body.param);
  const { delayMs } = body.behaviour;
  const serve = () => dispatch(state, path, route, response, body);
  if (delayMs === undefined) return serve();
  const timer = setTimeout(serve, delayMs);
  response.once('close', () => clearTimeout(timer));
}

function dispatch(state: WorkerState, path: string, route: ModelRoute, response: ServerResponse, body: RequestBody): void {
  switch (route) {
    case 'chat':
    case 'text':
    case 'messages':
    case 'responses':
      return generate(state, path, route, response, body);
    case 'embed':
      return embed(state, path, response, body);
    case 'rerank':
    case 'score':
      return rankTexts(state, path, route, response, body);
    case 'count':
      return count(state, response, body);
  }
}

function generate(state: WorkerState, path: string, route: GenerateRoute, response: ServerResponse, body: RequestBody): void {
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
  answerAtOnce(state, path, response, body, request, (ordinal, promptTokens) => writeEmbeddings(request, state.settings, ordinal, promptTokens));
}

function rankTexts(state: WorkerState, path: string, route: 'rerank' | 'score', response: ServerResponse, body: RequestBody): void {
  const request = readRankRequest(route, body, state.settings);
  if (isRefusal(request)) return sendError(response, state.dialect, request.status, request.message, request.param);
  answerAtOnce(state, path, response, body, request, (ordinal, promptTokens) => writeRanks(request, state.settings, ordinal, promptTokens));
}

/** Answers that take no tokens and no time. */
function answerAtOnce(
  state: WorkerState,
  path: string,
  response: ServerResponse,
  { behaviour }: RequestBody,
  { model, prompt }: { readonly model: string; readonly prompt: Prompt },
  write: (ordinal: number, promptTokens: number) => string,
): void {
  const promptTokens = behaviour.promptTokens ?? prompt.tokens;
  const receipt = state.receipts.open({ tag: behaviour.tag, path, model, stream: false, choices: prompt.count, promptTokens, cachedTokens: 0 });
  const lifecycle = new Lifecycle(state, response, receipt);
  if (refuses(state, response, behaviour, lifecycle, prompt.lastText)) return;
  lifecycle.run(
    () => {
      lifecycle.generated(0);
      receipt.usageTold = true;
      sendJson(response, 200, write(receipt.ordinal, promptTokens));
      lifecycle.finish();
    },
    () => undefined,
  );
}

/** Counting costs the engine nothing, so it leaves no receipt. */
function count(state: WorkerState, response: ServerResponse, { fields, behaviour }: RequestBody): void {
  const model = readModel(fields, state.settings);
  if (typeof model !== 'string') return sendError(response, state.dialect, model.status, model.message, model.param);
  const prompt = readPrompt('messages', fields, 0);
  if (prompt === undefined) return sendError(response, state.dialect, 400, 'Field required', 'messages');
  return sendJson(response, 200, `{"input_tokens":${behaviour.promptTokens ?? prompt.tokens}}`);
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
