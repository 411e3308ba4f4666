import { expect, test } from '@jest/globals';
import { readAnswer, type AnswerPart } from './read-answer.ts';
import { wholeTurns } from './read-history.ts';

async function read(text: string, chunkBytes = 7): Promise<AnswerPart[]> {
  const bytes = Buffer.from(text);
  const parts: AnswerPart[] = [];
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  for await (const part of readAnswer(chunks())) parts.push(part);
  return parts;
}

const chunk = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string | null, finish: string | null = null) =>
  chunk({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }] });

test.each([1, 3, 1_000])('parts come out whole, however the bytes are cut (%i at a time)', async (chunkBytes) => {
  const stream = `: keepalive\n${delta('')}${delta('Grüße 🫖')}: keepalive\n${delta(null, 'stop')}${chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}data: [DONE]\n\n`;
  expect(await read(stream, chunkBytes)).toEqual([
    { kind: 'text', plaintextText: 'Grüße 🫖' },
    { kind: 'finish', reason: 'stop' },
    { kind: 'usage', usage: { promptTokens: 3, completionTokens: 2 } },
  ]);
});

test('what a worker makes up is not passed on: reasons outside of the list, and counts that are none', async () => {
  expect(
    await read(
      `${delta(null, 'because I can')}${chunk({ choices: null, usage: { prompt_tokens: -1, completion_tokens: '2' } })}data: [DONE]\n\n`,
    ),
  ).toEqual([{ kind: 'finish', reason: 'other' }]);
});

test.each([
  ['an end without [DONE]', delta('x'), 'worker_failed'],
  ['nothing at all', '', 'worker_failed'],
  ['an error with our code', chunk({ error: { code: 'key_limit', message: 'canary' } }), 'key_limit'],
  ['an error with a code of nobody', chunk({ error: { code: 'canary', message: 'canary' } }), 'worker_failed'],
  ['an error that is text', chunk({ error: 'canary' }), 'worker_failed'],
  ['text', 'data: canary\n\n', 'worker_invalid'],
  ['a number', 'data: 5\n\n', 'worker_invalid'],
  ['an event without end', `data: ${'x'.repeat(1_100_000)}`, 'worker_failed'],
])('%s is %s', async (_name, stream, code) => {
  const error = await read(stream, 65_536).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code });
  expect(String(error)).not.toContain('canary');
});

test('only whole turns are shown again', () => {
  const message = (role: 'user' | 'assistant', position: number) => ({ role, position, id: String(position), parentId: String(position - 1) });
  const all = [
    message('assistant', 1),
    message('user', 2),
    message('assistant', 3),
    message('user', 4),
    message('user', 6),
    message('assistant', 7),
    message('user', 8),
  ];
  expect(wholeTurns(all).map(({ position }) => position)).toEqual([2, 3, 6, 7]);
});
