import type { ServerResponse } from 'node:http';
import { TacetError } from '@tacet/errors';
import { z } from 'zod';
import { beginTurn, type BegunTurn, type TurnDependencies } from '../../chat/begin-turn.ts';
import { relayAnswer, type EndedTurn } from '../../chat/relay-answer.ts';
import { toErrorEnvelope } from '../error-envelope.ts';
import { openEventStream } from '../event-stream.ts';
import { idParamsSchema } from '../id-params.ts';
import { defineRoute, type Route } from '../route.ts';

const description = `Events, each with JSON in \`data\`:
\`message\` {id, position, created_at}: what was sent is stored;
\`delta\` {content}: a piece of the answer;
\`done\` {id, position, created_at, truncated: false, finish_reason, usage}: the answer is complete and stored
(\`id\` is null when it was empty);
\`error\` {error, ...} with the envelope of every error and \`answer\` {id, position, created_at, truncated: true} or
null: the answer was cut; what had come is stored.
Either \`done\` or \`error\` is the last event. Lines that begin with a colon keep the connection alive.`;

/** `POST /api/conversations/{id}/messages`: seals what was sent, and streams the answer, which is sealed at its end. */
export function postMessageRoute(dependencies: TurnDependencies, publicOrigin: string): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/conversations/{id}/messages',
    summary: 'Send a message and stream the answer. Refused turns are ordinary errors; the message itself is stored by then.',
    access: 'session',
    params: idParamsSchema,
    body: z.strictObject({
      content: z
        .string()
        .min(1)
        .refine((text) => text.isWellFormed(), 'is well-formed text'),
    }),
    responses: { 200: { description: 'The answer, as it comes.', body: { kind: 'events', description } } },
    errors: [
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
    ],
    handle: async ({ params, body, session, signal }) => {
      const turn = await beginTurn(dependencies, session.account, params.id, body.content, signal);
      return { stream: (response) => streamTurn(dependencies, publicOrigin, turn, response, signal) };
    },
  });
}

async function streamTurn(
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
