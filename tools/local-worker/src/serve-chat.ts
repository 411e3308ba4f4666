import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { doneEvent, errorBody, newHead, roleEvent, stepEvent, toUsage, usageEvent, wholeAnswer, type Head } from './chunks.ts';
import type { Engine } from './engine.ts';
import { generateAnswer, type AnswerStep } from './generate-answer.ts';
import { readerStallMs } from './limits.ts';
import type { Queue } from './queue.ts';
import { isRefusal, readChatRequest, type ChatRequest } from './read-request.ts';
import { sendError } from './send.ts';
import type { TokenCounters } from './token-counters.ts';

/** What the requests share. */
export interface Serving {
  readonly engine: Engine;
  readonly queue: Queue;
  readonly counters: TokenCounters;
  readonly model: string;
}

/** Answers `POST /v1/chat/completions`, whose body has arrived. */
export async function serveChat(serving: Serving, response: ServerResponse, bytes: Buffer): Promise<void> {
  const { engine, queue, model } = serving;
  const request = readChatRequest(bytes, model);
  if (isRefusal(request)) return sendError(response, request.status, request.message, request.param);
  const prompt = tokenize(engine, request);
  if (prompt === undefined) return sendError(response, 400, 'The messages do not fit the template of the model.', 'messages');
  const wanted = prompt.length + (request.limit ?? 1);
  if (wanted > engine.contextTokens) {
    const message = `This model's maximum context length is ${engine.contextTokens} tokens. However, you requested ${wanted} tokens (${prompt.length} in the messages, ${request.limit ?? 1} in the completion).`;
    return sendError(response, 400, message, 'messages');
  }
  if (queue.full) {
    response.setHeader('retry-after', '1');
    return sendError(response, 429, 'The queue is full.');
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answer = { request, prompt, head: newHead(model, Date.now()), signal: gone.signal };
  try {
    await queue.run(gone.signal, () => (request.stream ? streamAnswer : sendAnswer)(serving, response, answer));
  } catch (error) {
    // What fails for a client that has left is that it has left, or that the worker stops.
    if (!gone.signal.aborted) throw error;
  }
}

interface Answering {
  readonly request: ChatRequest;
  readonly prompt: readonly number[];
  readonly head: Head;
  readonly signal: AbortSignal;
}

/** Templates may refuse an order of roles, with an error that quotes what it likes. */
function tokenize(engine: Engine, request: ChatRequest): readonly number[] | undefined {
  try {
    return engine.tokenize(request.messages);
  } catch {
    return undefined;
  }
}

async function sendAnswer({ engine, counters }: Serving, response: ServerResponse, { request, prompt, head, signal }: Answering): Promise<void> {
  counters.promptTokens += prompt.length;
  let text = '';
  let last: AnswerStep | undefined;
  for await (const step of generateAnswer(engine, request, prompt, signal)) {
    counters.generationTokens++;
    text += step.text;
    last = step;
  }
  if (last?.finish === undefined) return;
  const body = wholeAnswer(head, text, last, toUsage(prompt.length, last.completionTokens));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

async function streamAnswer({ engine, counters }: Serving, response: ServerResponse, { request, prompt, head, signal }: Answering): Promise<void> {
  const usageAt = (completionTokens: number) => (request.continuousUsage ? toUsage(prompt.length, completionTokens) : undefined);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }).flushHeaders();
  counters.promptTokens += prompt.length;
  let completionTokens = 0;
  try {
    for await (const step of generateAnswer(engine, request, prompt, signal)) {
      counters.generationTokens++;
      if (completionTokens === 0) response.write(roleEvent(head, usageAt(0)));
      completionTokens = step.completionTokens;
      // A token whose text is held back has no event of its own; the next event's usage counts it.
      if (step.text === '' && step.finish === undefined) continue;
      if (!response.write(stepEvent(head, step, usageAt(completionTokens)))) await untilRead(response, signal);
    }
  } catch (error) {
    // The status is sent, so the error travels inside the stream, and the stream ends without its end.
    if (!signal.aborted) response.end(`data: ${errorBody(500, 'The engine failed.', null)}\n\n`);
    throw error;
  }
  if (signal.aborted) return;
  if (request.includeUsage) response.write(usageEvent(head, toUsage(prompt.length, completionTokens)));
  response.end(doneEvent);
}

/** Waits until the client has read. The model stands still meanwhile, so a client that never reads is cut. */
async function untilRead(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const stalled = AbortSignal.timeout(readerStallMs);
  await once(response, 'drain', { signal: AbortSignal.any([signal, stalled]) }).catch(() => {
    if (stalled.aborted) response.destroy();
  });
}
