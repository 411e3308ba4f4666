import { z } from 'zod';
import { beginTurn, type TurnDependencies } from '../../chat/begin-turn.ts';
import { idParamsSchema } from '../id-params.ts';
import { defineRoute, type Route } from '../route.ts';
import { streamTurn, turnErrors, turnEvents } from '../stream-turn.ts';

/** `POST /api/conversations/{id}/messages`: seals what was sent, and streams the answer, which is sealed at its end. */
export function postMessageRoute(dependencies: TurnDependencies, publicOrigin: string): Route {
  return defineRoute({
    method: 'POST',
    path: '/api/conversations/{id}/messages',
    summary:
      'Send a message and stream the answer. It follows the newest message, or `parent_id`: to edit a message, send its new text with ' +
      'the `parent_id` of the old one (null where that was the first); the old branch stays. Refused turns are ordinary errors; the message itself is stored by then.',
    access: 'session',
    params: idParamsSchema,
    body: z.strictObject({
      content: z
        .string()
        .min(1)
        .refine((text) => text.isWellFormed(), 'is well-formed text'),
      parent_id: z.uuid().nullable().optional(),
    }),
    responses: { 200: { description: 'The answer, as it comes.', body: { kind: 'events', description: turnEvents } } },
    errors: [...turnErrors],
    handle: async ({ params, body, session, signal }) => {
      const turn = await beginTurn(dependencies, session.account, params.id, { plaintextContent: body.content, parentId: body.parent_id }, signal);
      return { stream: (response) => streamTurn(dependencies, publicOrigin, turn, response, signal) };
    },
  });
}
