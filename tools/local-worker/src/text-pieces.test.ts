import { expect, test } from '@jest/globals';
import { TextPieces } from './text-pieces.ts';

/** A token is a byte here, which is as hard as it gets. */
const engine = { detokenize: (tokens: readonly number[]) => Buffer.from(tokens).toString('utf8') };

function feed(text: string, stops: readonly string[]): { pieces: string[]; rest: string; stop: string | undefined } {
  const pieces = new TextPieces(engine, stops, []);
  const out: string[] = [];
  for (const byte of Buffer.from(text)) {
    out.push(pieces.add(byte));
    if (pieces.stop !== undefined) break;
  }
  return { pieces: out, rest: pieces.rest(), stop: pieces.stop };
}

test('half characters are held back and nothing is lost', () => {
  const { pieces, rest } = feed('é 👩‍🚀 日', []);
  expect(pieces.join('') + rest).toBe('é 👩‍🚀 日');
  expect(pieces.some((piece) => piece.includes('\ufffd'))).toBe(false);
});

test('a character that never becomes whole is given up on', () => {
  const pieces = new TextPieces(engine, [], []);
  const out = Array.from({ length: 8 }, () => pieces.add(0x80));
  expect(out.slice(0, 7).join('')).toBe('');
  expect(out.join('') + pieces.rest()).toBe('\ufffd'.repeat(8));
});

test.each([
  ['one two three', ['two'], 'one ', 'two'],
  ['aab', ['ab'], 'a', 'ab'],
  ['aaab', ['aab'], 'a', 'aab'],
  ['no stop here, onl', ['only'], 'no stop here, onl', undefined],
  ['both end', ['end', 'both'], '', 'both'],
  ['stop', ['o', 'stop'], 'st', 'o'],
  ['ü ends', ['ü'], '', 'ü'],
])('%j with the stops %j says %j', (text, stops, said, stop) => {
  const { pieces, rest, stop: met } = feed(text, stops);
  expect([pieces.join('') + rest, met]).toEqual([said, stop]);
});

test('the beginning of a stop string is not sent before it is known not to be one', () => {
  expect(feed('xabyab', ['abc']).pieces).toEqual(['x', '', '', 'aby', '', '']);
});
