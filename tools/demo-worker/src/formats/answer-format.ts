import type { ChoicePlan, FinishReason, Token } from '../plan-answer.ts';
import type { Counts } from '../write-usage.ts';

/** How the answers of one route are written, streamed and whole. One is made for each answer. Events are whole lines, the empty one included. */
export interface AnswerFormat {
  /** Whether the last token and the finish reason share an event. */
  readonly finishCarriesToken: boolean;
  /** The first events of a choice; undefined where there are none. */
  begin(choice: number, counts: Counts): string | undefined;
  /** A token, or several of one kind; `toolStart` for the first of a tool call. `counts` are the choice's. */
  token(choice: number, token: Token, toolStart: boolean, counts: Counts): string;
  /** What ends a choice, with its last token where they share an event. */
  finish(choice: number, token: Token | undefined, reason: FinishReason, counts: Counts): string;
  /** The event that only tells usage; undefined where it was not asked for, is withheld, or travels elsewhere. */
  usage(counts: Counts): string | undefined;
  /** What ends the stream; the fault `noDone` leaves it out. */
  done(counts: Counts): string;
  /** What stands in place of everything that would follow when the engine breaks. */
  failure(message: string, counts: Counts): string;
  /** An event that is not JSON. */
  readonly malformed: string;
  /** The body of an answer that is not streamed. */
  whole(choices: readonly ChoicePlan[], counts: Counts): string;
}

/** The texts of a choice, as the insides of JSON strings. */
export interface WholeTexts {
  readonly content: string;
  readonly reasoning: string;
  readonly toolArguments: string;
}

/** Puts the tokens of a choice together. */
export function gatherTexts(plan: ChoicePlan): WholeTexts {
  let content = '';
  let reasoning = '';
  let toolArguments = '';
  for (let position = 0; position < plan.length; position++) {
    const token = plan.tokenAt(position);
    if (token.kind === 'content') content += token.escaped;
    else if (token.kind === 'reasoning') reasoning += token.escaped;
    else if (token.kind === 'tool') toolArguments += token.escaped;
  }
  return { content, reasoning, toolArguments };
}
