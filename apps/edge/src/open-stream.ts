import { ChatStream, MessagesFromChat, MessagesStream, ResponsesStream, type AnswerStream } from '@tacet/inference';
import { v4 } from 'uuid';
import type { AdmittedRequest } from './admit.ts';
import { spokenAs } from './endpoints.ts';
import type { Pool } from './workers/pool.ts';

/** What reads the stream of a worker for the client of an endpoint. `nowMs`: UTC milliseconds. */
export function openStream({ request, requestId }: AdmittedRequest, pool: Pool, nowMs: number): AnswerStream {
  const { endpoint, showUsage, model } = request;
  // A name where neither the worker nor a request id gives one.
  const id = requestId?.text ?? v4();
  const created = Math.floor(nowMs / 1000);
  const usageIsTotal = pool.usage !== 'continuous';
  const fallbackOf = (prefix: string) => ({ id: prefix + id, created, model: model.modelId });
  switch (endpoint.stream) {
    case 'text':
      return new ChatStream({ kind: 'text', showUsage, usageIsTotal, fallback: fallbackOf('cmpl-') });
    case 'responses':
      return new ResponsesStream(fallbackOf('resp_'));
    case 'messages':
      if (spokenAs(endpoint, pool.endpoints) !== endpoint) return new MessagesFromChat({ usageIsTotal, fallback: fallbackOf('chatcmpl-') });
      return new MessagesStream(fallbackOf('msg_'));
    default:
      return new ChatStream({ kind: 'chat', showUsage, usageIsTotal, fallback: fallbackOf('chatcmpl-') });
  }
}
