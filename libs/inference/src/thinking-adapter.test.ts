/** What Anthropic's API and the several words of engines can both say of thinking, there and back. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonError, toChatRequest, type ThinkingStyle } from './index.ts';

type Fields = Record<string, unknown>;

const styles: readonly ThinkingStyle[] = ['effort', 'switch', 'switch_and_budget'];
const messages = [{ role: 'user', content: 'x' }];
const budget = fc.integer({ min: 1, max: 100_000 });
const thinking = fc.oneof(
  fc.constant({ type: 'disabled' }),
  fc.constant({ type: 'adaptive' }),
  budget.map((tokens) => ({ type: 'enabled', budget_tokens: tokens })),
);
const effort = fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max');
const request: fc.Arbitrary<Fields> = fc.record({ thinking, effort }, { requiredKeys: [] }).map(({ thinking: asked, effort: named }) => ({
  messages,
  ...(asked === undefined ? {} : { thinking: asked }),
  ...(named === undefined ? {} : { output_config: { effort: named } }),
}));

/** The effort that a budget is where only an effort can be said. */
const roughly = (tokens: number) => (tokens <= 2_048 ? 'low' : tokens <= 8_192 ? 'medium' : 'high');

/** The inverse: what is said of thinking in a chat completion, in Anthropic's terms. */
function fromChat(chat: Fields, style: ThinkingStyle): Fields {
  const { reasoning_effort: said, chat_template_kwargs: template, thinking_budget_tokens: tokens } = chat as { reasoning_effort?: string; chat_template_kwargs?: { enable_thinking: boolean }; thinking_budget_tokens?: number };
  const output = said === undefined || said === 'none' ? {} : { output_config: { effort: said } };
  if (style === 'effort') return { ...(said === 'none' ? { thinking: { type: 'disabled' } } : {}), ...output };
  if (template === undefined) return output;
  if (!template.enable_thinking) return { thinking: { type: 'disabled' }, ...output };
  return { thinking: tokens === undefined ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: tokens }, ...output };
}

/** What of a request a style has words for. */
function sayable({ thinking: asked, output_config: output }: Fields, style: ThinkingStyle): Fields {
  const { type, budget_tokens: tokens } = (asked ?? {}) as { type?: string; budget_tokens?: number };
  // Off leaves no room for how much.
  if (type === 'disabled') return { thinking: asked };
  const said = output ?? (tokens === undefined || style === 'switch_and_budget' ? undefined : { effort: roughly(tokens) });
  const how = style === 'effort' || type === undefined ? {} : { thinking: style === 'switch' ? { type: 'adaptive' } : asked };
  return { ...how, ...(said === undefined ? {} : { output_config: said }) };
}

test.each(styles)('what is said of thinking, translated there and back, loses nothing that both can say: %s', (style) => {
  fc.assert(fc.property(request, (given) => expect(fromChat(toChatRequest(structuredClone(given), style), style)).toEqual(sayable(given, style))), { numRuns: 500 });
});

test.each<[thinking: object, style: ThinkingStyle, said: object]>([
  [{ type: 'disabled' }, 'effort', { reasoning_effort: 'none' }],
  [{ type: 'disabled' }, 'switch', { chat_template_kwargs: { enable_thinking: false } }],
  [{ type: 'disabled' }, 'switch_and_budget', { chat_template_kwargs: { enable_thinking: false } }],
  [{ type: 'adaptive' }, 'effort', {}],
  [{ type: 'adaptive' }, 'switch', { chat_template_kwargs: { enable_thinking: true } }],
  [{ type: 'enabled', budget_tokens: 2_048 }, 'effort', { reasoning_effort: 'low' }],
  [{ type: 'enabled', budget_tokens: 2_049 }, 'effort', { reasoning_effort: 'medium' }],
  [{ type: 'enabled', budget_tokens: 8_193 }, 'switch', { chat_template_kwargs: { enable_thinking: true }, reasoning_effort: 'high' }],
  [{ type: 'enabled', budget_tokens: 3_000, display: 'omitted' }, 'switch_and_budget', { chat_template_kwargs: { enable_thinking: true }, thinking_budget_tokens: 3_000 }],
])('%j is said as %s in its words', (asked, style, said) => {
  expect(toChatRequest({ messages, thinking: asked }, style)).toEqual({ messages, ...said });
});

test('a named effort counts more than a budget, and what a client says in the worker’s own words more than both', () => {
  const asked = { messages, thinking: { type: 'enabled', budget_tokens: 20_000 }, output_config: { effort: 'low' } };
  expect(toChatRequest(asked, 'effort')).toMatchObject({ reasoning_effort: 'low' });
  expect(toChatRequest({ ...asked, reasoning_effort: 'minimal', chat_template_kwargs: { other: 1, enable_thinking: false } }, 'switch')).toMatchObject({
    reasoning_effort: 'minimal', chat_template_kwargs: { other: 1, enable_thinking: false },
  });
  expect(toChatRequest({ ...asked, chat_template_kwargs: { other: 1 } }, 'switch')).toMatchObject({ chat_template_kwargs: { other: 1, enable_thinking: true } });
});

test.each([['canary'], [5], [[]], [{}], [{ type: 'canary' }], [{ type: 'enabled' }], [{ type: 'enabled', budget_tokens: 'canary' }], [{ type: 'enabled', budget_tokens: 0 }], [{ type: 'enabled', budget_tokens: 1.5 }]])(
  'thinking that is %j is refused by name, and never quoted',
  (asked) => {
    for (const style of styles) {
      const translate = () => toChatRequest({ messages, thinking: asked }, style);
      expect(translate).toThrow(JsonError);
      expect(translate).toThrow(expect.objectContaining({ reason: 'field_invalid', field: 'thinking', message: expect.not.stringContaining('canary') as unknown }));
    }
  },
);
