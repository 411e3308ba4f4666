import { isObject } from './chat-chunk.ts';
import { JsonError } from './json-error.ts';

/**
 * How the workers of a pool are told whether and how much to think, in a chat completion. `effort`: OpenAI's
 * `reasoning_effort` alone, `none` included. `switch`: the variable `enable_thinking` of the chat template turns it on
 * and off, and `reasoning_effort` says how much (vLLM and SGLang; many versions know no `none`). `switch_and_budget`:
 * the same switch, and `thinking_budget_tokens` as Anthropic counts it (llama.cpp).
 */
export type ThinkingStyle = 'effort' | 'switch' | 'switch_and_budget';

type Fields = Readonly<Record<string, unknown>>;

/** Largest budgets of thoughts, in tokens, that a low and a medium effort stand for. */
const lowBudgetMax = 2_048;
const mediumBudgetMax = 8_192;

/**
 * What a message request says of thinking (`thinking`, `output_config.effort`), as fields of a chat completion. An
 * effort that is named counts more than a budget; `adaptive` leaves how much to the model. Throws `JsonError`.
 */
export function toChatThinking({ thinking, output_config: output }: Fields, style: ThinkingStyle): Record<string, unknown> {
  const named = isObject(output) && typeof output['effort'] === 'string' ? output['effort'] : undefined;
  const asked = thinking === undefined || thinking === null ? undefined : readThinking(thinking);
  const effort = named ?? (asked?.budget === undefined || style === 'switch_and_budget' ? undefined : effortOf(asked.budget));
  if (style === 'effort') {
    const word = asked?.isOn === false ? 'none' : effort;
    return word === undefined ? {} : { reasoning_effort: word };
  }
  return {
    ...(asked === undefined ? {} : { chat_template_kwargs: { enable_thinking: asked.isOn } }),
    ...(effort === undefined || asked?.isOn === false ? {} : { reasoning_effort: effort }),
    ...(style === 'switch_and_budget' && asked?.budget !== undefined ? { thinking_budget_tokens: asked.budget } : {}),
  };
}

function readThinking(thinking: unknown): { readonly isOn: boolean; readonly budget?: number } {
  const { type, budget_tokens: budget } = isObject(thinking) ? thinking : {};
  switch (type) {
    case 'disabled':
      return { isOn: false };
    case 'adaptive':
      return { isOn: true };
    case 'enabled':
      if (typeof budget !== 'number' || !Number.isSafeInteger(budget) || budget < 1) throw new JsonError('field_invalid', '`thinking` must have a `budget_tokens` of at least 1', 'thinking');
      return { isOn: true, budget };
    default:
      throw new JsonError('field_invalid', '`thinking` is of a type that is not known', 'thinking');
  }
}

function effortOf(budget: number): string {
  if (budget <= lowBudgetMax) return 'low';
  return budget <= mediumBudgetMax ? 'medium' : 'high';
}
