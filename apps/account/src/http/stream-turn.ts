import type { ServerResponse } from 'node:http';
import { TacetError, type ErrorCode } from '@tacet/errors';
import type { BegunTurn, TurnDependencies } from '../chat/begin-turn.ts';
import { relayAnswer, type EndedTurn } from '../chat/relay-answer.ts';
import { toErrorEnvelope } from './error-envelope.ts';
import { openEventStream } from './event-stream.ts';

/** What the answer of a turn is made of, for the document. */
export const turnEvents = `Events, each with JSON in \`data\`:
\`message\` {id, position, created_at}: what was sent is stored;
\`delta\` {content}: a piece of the answer;
\`done\` {id, position, created_at, truncated: false, finish_reason, usage}: the answer is complete and stored
(\`id\` is null when it was empty);
\`error\` {error, ...} with the envelope of every error and \`answer\` {id, position, created_at, truncated: true} or
null: the answer was cut; what had come is stored.
Either \`done\` or \`error\` is the last event. Lines that begin with a colon keep the connection alive.`;

/** What can refuse a turn before its stream begins. */
export const turnErrors: readonly ErrorCode[] = [
  'account_suspended',
  'bad_request',
  'body_too_large',
  'not_found',
  'conversation_expired',
  'conflict',
  'record_refused',
  'kek_disabled',
  'unavailable',
  'insufficient_balance',
  'in_flight_budget',
  'rate_limited',
  'model_unknown',
  'model_not_priced',
  'no_worker',
  'worker_failed',
];

/** Writes the events of a turn, from the message to the end of the answer, which is stored by then. */
export async function streamTurn(
  dependencies: TurnDependencies,
  publicOrigin: string,
  turn: BegunTurn,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const events = openEventStream(response);
  await events.send('message', { id: turn.messageId, position: turn.messagePosition, created_at: iso(turn.messageCreatedAtMs) });
  const ended = await relayAnswer(dependencies, turn, { text: (content) => events.send('delta', { content }) }, signal);
  if (ended.error) await events.send('error', { ...toErrorEnvelope(tellable(ended.error), publicOrigin, ''), answer: answerOf(ended) });
  else {
    const { usage } = ended;
    const counts = usage ? { prompt_tokens: usage.promptTokens, completion_tokens: usage.completionTokens } : null;
    await events.send('done', {
      ...(answerOf(ended) ?? { id: null, position: null, created_at: null, truncated: false }),
      finish_reason: ended.finishReason ?? null,
      usage: counts,
    });
  }
  events.end();
}

/** A turn that was cut because this process stops is not the client's leaving. */
function tellable(error: TacetError): TacetError {
  return error.code === 'client_closed' ? new TacetError('draining') : error;
}

function answerOf({ answer }: EndedTurn) {
  return answer ? { id: answer.id, position: answer.position, created_at: iso(answer.createdAtMs), truncated: answer.truncated } : null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
