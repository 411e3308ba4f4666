import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { isErrorCode, TacetError, type ErrorCode } from '@tacet/errors';
import { identityOf, readTlsFolder } from '@tacet/rpc';
import { Agent, type Dispatcher } from 'undici';

/** One line of a chat as the edge takes it. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly plaintextContent: string;
}

export interface ChatRequest {
  readonly accountId: string;
  readonly modelId: string;
  readonly messages: readonly ChatMessage[];
  /** Of ephemeral conversations: nothing of the request is kept but its token totals. */
  readonly noLog: boolean;
}

/** The internal door of the edges. */
export interface EdgeClient {
  /**
   * Begins a chat; resolves with the bytes of its event stream when the edge has admitted it. Throws the edge's
   * `TacetError` when it has not (`bad_request`: the conversation itself was refused, most often for its length), and
   * `unavailable` when there is no answer.
   */
  chat(request: ChatRequest, signal: AbortSignal): Promise<AsyncIterable<Buffer>>;
  close(): Promise<void>;
}

const connectMs = 5_000;
/** The edge commits to its status within 15 s and sends something every 15 s from then on. */
const headersMs = 60_000;
const silenceMs = 60_000;
const connectionsMax = 512;
/** What is read of an answer that is an error. */
const errorBytesMax = 65_536;

/** Opens a client for the internal door. Certificates are read again for each connection, since they are renewed. */
export function createEdgeClient(edgeUrl: string, tlsFolder: string): EdgeClient {
  const agent = new Agent({
    connections: connectionsMax,
    pipelining: 1,
    headersTimeout: headersMs,
    bodyTimeout: silenceMs,
    connect: (options, callback) => {
      openConnection(options.hostname, Number(options.port), tlsFolder).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error instanceof Error ? error : new Error('the edge cannot be reached'), null),
      );
    },
  });
  return {
    chat: async ({ accountId, modelId, messages, noLog }, signal) => {
      const body = JSON.stringify({
        model: modelId,
        messages: messages.map(({ role, plaintextContent }) => ({ role, content: plaintextContent })),
        stream: true,
        stream_options: { include_usage: true },
      });
      const headers = {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'x-tacet-account': accountId,
        ...(noLog ? { 'x-tacet-no-log': 'true' } : {}),
      };
      const response = await agent
        .request({ origin: edgeUrl, path: '/v1/chat/completions', method: 'POST', headers, body, signal })
        .catch((error: unknown) => {
          throw new TacetError('unavailable', { cause: error, retryAfterMs: 2_000 });
        });
      if (response.statusCode !== 200) throw await edgeError(response);
      return response.body as AsyncIterable<Buffer>;
    },
    close: () => agent.destroy(),
  };
}

/** A TLS connection to whoever speaks for the edge; throws otherwise. */
function openConnection(hostname: string, port: number, tlsFolder: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const { authority, certificate, key } = readTlsFolder(tlsFolder);
    const socket = connect({
      host,
      port: port || 443,
      ca: authority,
      cert: certificate,
      key,
      ALPNProtocols: ['http/1.1'],
      checkServerIdentity: (name, peer) =>
        identityOf(peer) === 'edge' ? checkServerIdentity(name, peer) : new Error('the server is not tacet://edge'),
    });
    const timer = setTimeout(() => socket.destroy(new Error('the edge did not take the connection in time')), connectMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
    socket.setNoDelay(true);
  });
}

/** Codes by which edge or worker refuse what a request says, rather than who sends it. */
const refusalsOfContent: ReadonlySet<ErrorCode> = new Set(['bad_request', 'field_invalid', 'unsupported_parameter', 'body_too_large']);
const refusedConversation = 'The model refused the conversation; it may be longer than it takes.';

/** The error that the edge answered with: its code and waiting time, never its text. `bad_request`: the conversation itself. */
async function edgeError({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<TacetError> {
  const code = await readErrorCode(body);
  const retryAfterMs = Number(headers['retry-after-ms'] ?? Number(headers['retry-after']) * 1_000);
  if (code === undefined ? statusCode < 500 : refusalsOfContent.has(code))
    return new TacetError('bad_request', { message: refusedConversation });
  return new TacetError(code ?? 'worker_failed', Number.isFinite(retryAfterMs) ? { retryAfterMs } : {});
}

async function readErrorCode(body: AsyncIterable<Buffer>): Promise<ErrorCode | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > errorBytesMax) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return errorCodeIn(Buffer.concat(chunks).toString('utf8'));
}

/** Our code in an error envelope, if the text is one. */
export function errorCodeIn(text: string): ErrorCode | undefined {
  let code: unknown;
  try {
    code = (JSON.parse(text) as { error?: { code?: unknown } | null } | null)?.error?.code;
  } catch {
    return undefined;
  }
  return typeof code === 'string' && isErrorCode(code) ? code : undefined;
}
