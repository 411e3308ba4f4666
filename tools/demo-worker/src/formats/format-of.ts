import { headOf, type AnswerContext } from '../answer-context.ts';
import type { AnswerFormat } from './answer-format.ts';
import { ChatFormat } from './chat-format.ts';
import { MessagesFormat } from './messages-format.ts';
import { ResponsesFormat } from './responses-format.ts';

/** The format of the route that was asked, for one answer. */
export function formatOf(context: AnswerContext): AnswerFormat {
  const { request, state } = context;
  switch (request.route) {
    case 'chat':
    case 'text':
      return new ChatFormat(state.dialect, request, headOf(context));
    case 'messages':
      return new MessagesFormat(request, headOf(context));
    case 'responses':
      break;
  }
  return new ResponsesFormat(request, headOf(context));
}
