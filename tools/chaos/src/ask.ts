import { request as httpRequest, type IncomingMessage } from 'node:http';

/** A chat that a client asks for. */
export interface Question {
  /** Without `/v1`. */
  readonly url: string;
  readonly apiKey: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly stream: boolean;
  /** The client leaves after so many pieces of text; at least 1. */
  readonly giveUpAfter?: number;
  readonly signal: AbortSignal;
}

/** What a client has received, whole or cut. */
export interface Received {
  /** 0: no answer came. */
  status: number;
  requestId: string | undefined;
  /** When the head of the answer came, in this process's milliseconds: the request was admitted before. 0: none came. */
  headAtMs: number;
  /** Pieces of text of all choices; the demo worker sends one token in each. */
  pieces: number;
  /** Those of the last `tickMsMax`: what an edge may have handed over in the tick in which it was killed. */
  lastPieces: number;
  /** When the last piece came, in this process's milliseconds; 0: none did. */
  lastPieceAtMs: number;
  /** A stream that ended with `[DONE]`, or a whole answer that came whole. */
  done: boolean;
  /** Of an answer that is an error, or of the error in a stream. */
  errorCode: string | undefined;
  gaveUp: boolean;
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly code?: string };
}

/** A receipt before anything came. */
export function nothingReceived(): Received {
  return { status: 0, requestId: undefined, headAtMs: 0, pieces: 0, lastPieces: 0, lastPieceAtMs: 0, done: false, errorCode: undefined, gaveUp: false };
}

/** A turn of an edge's event loop takes no longer, on a machine that has more to do than it can. */
export const tickMsMax = 100;
/** Nothing in a run takes longer: an edge that is paused, a network that holds everything up. */
const answerMsMax = 60_000;

/** Asks, and reads the answer to its end, however it ends. `received` is filled as it comes; never rejects. */
export async function ask(question: Question, received: Received): Promise<void> {
  const { url, apiKey, body, signal } = question;
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${url}/v1/chat/completions`, { method: 'POST', agent: false, signal, headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' } });
    const timer = setTimeout(() => request.destroy(), answerMsMax);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    request.on('error', end);
    request.on('close', end);
    request.on('response', (response) => {
      received.status = response.statusCode ?? 0;
      received.headAtMs = performance.now();
      const { 'x-request-id': requestId } = response.headers;
      if (typeof requestId === 'string') received.requestId = requestId;
      response.on('error', end);
      response.on('close', end);
      if (question.stream && response.statusCode === 200) readStream(response, question, received, () => request.destroy());
      else readWhole(response, received);
    });
    request.end(JSON.stringify(body));
  });
}

function readStream(response: IncomingMessage, { giveUpAfter = Infinity }: Question, received: Received, leave: () => void): void {
  let rest = '';
  let recent: { readonly at: number; readonly pieces: number }[] = [];
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    let now = 0;
    for (const event of events) now += readEvent(event, received);
    const at = performance.now();
    if (now > 0) {
      recent = [...recent.filter((read) => read.at > at - tickMsMax), { at, pieces: now }];
      received.pieces += now;
      received.lastPieces = recent.reduce((sum, { pieces }) => sum + pieces, 0);
      received.lastPieceAtMs = at;
    }
    if (received.pieces < giveUpAfter || received.done) return;
    received.gaveUp = true;
    leave();
  });
}

/** How many pieces of text an event carries. */
function readEvent(event: string, received: Received): number {
  if (!event.startsWith('data: ')) return 0;
  const data = event.slice('data: '.length);
  if (data === '[DONE]') {
    received.done = true;
    return 0;
  }
  const { choices = [], error } = JSON.parse(data) as Chunk;
  if (error) received.errorCode = error.code ?? 'unknown';
  return choices.filter(({ delta }) => (delta?.content ?? '') !== '').length;
}

function readWhole(response: IncomingMessage, received: Received): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (part: string) => (text += part));
  response.on('end', () => {
    try {
      const { error } = JSON.parse(text) as Chunk;
      if (error) received.errorCode = error.code ?? 'unknown';
      received.done = response.statusCode === 200 && response.complete;
    } catch {
      received.errorCode = 'unreadable';
    }
  });
}
