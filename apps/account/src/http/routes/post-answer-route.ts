import { z } from 'zod';
import { beginAnswer, type TurnDependencies } from '../../chat/begin-turn.ts';
import { defineRoute, type Route } from '../route.ts';
import { streamTurn, turnErrors, turnEvents } from '../stream-turn.ts';

/** `POST /api/conversations/{id}/messages/{message}/answers`: another answer to a message, beside those that it has. */
export function postAnswerRoute(dependencies: TurnDependencies, publicOrigin: string): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/conversations/{id}/messages/{message}/answers',
    summary: 'Ask again for an answer to a message of the person, and stream it. The answers that it has stay; the conversation goes on from whichever is named as `parent_id`.',
    access: 'session',
    params: z.strictObject({ id: z.uuid(), message: z.uuid() }),
    responses: { 200: { description: 'The answer, as it comes.', body: { kind: 'events', description: turnEvents } } },
    errors: [...turnErrors],
    handle: async ({ params, session, signal }) => {
      const turn = await beginAnswer(dependencies, session.account, params.id, params.message, signal);
      return { stream: (response) => streamTurn(dependencies, publicOrigin, turn, response, signal) };
    },
  });
}
