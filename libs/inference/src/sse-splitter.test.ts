import { expect, test } from '@jest/globals';
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { SseError, SseSplitter } from './index.ts';

type Event = readonly [name: string, data: string];

/** The slow, readable twin: a library that is no part of the router's path. */
function twin(text: string): Event[] {
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => events.push([event ?? '', data]) });
  parser.feed(text);
  return events;
}

function split(bytes: Buffer, cuts: readonly number[] = [], end = false): Event[] {
  const events: Event[] = [];
  const splitter = new SseSplitter();
  const visit = (data: Buffer, name: string) => events.push([name, data.toString()]);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [i, from] of places.slice(0, -1).entries()) splitter.push(bytes.subarray(from, places[i + 1]), visit);
  if (end) splitter.end(visit);
  return events;
}

const line = fc.oneof(
  fc.tuple(fc.constantFrom('data: ', 'data:', 'event: ', 'id: ', ': ', 'dat', 'data'), fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''))).map((parts) => parts.join('')),
  fc.constantFrom('data: {"a":"é😀"}', 'data: [DONE]', ': keepalive', '', '', ''),
);
const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r'))).map((lines) => lines.map((parts) => parts.join('')).join(''));

test('however a stream is cut into chunks, its events are those that the twin reads from the whole', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat()), (text, cuts) => {
      // The twin trusts a CR at the end of a chunk to be followed by something; so it gets a comment.
      const whole = `${text}:end\n`;
      expect(split(Buffer.from(whole), cuts)).toEqual(twin(whole));
    }),
    { numRuns: 2000 },
  );
});

test('one byte at a time gives the same events', () => {
  const text = '\ufeffdata: é\r\n\r\ndata: 1\rdata: 2\r\rdata:{"x":1}\n\nevent: ping\ndata\n\n: c\n\nevent: lost\n\n';
  const events = [['', 'é'], ['', '1\n2'], ['', '{"x":1}'], ['ping', '']];
  expect(split(Buffer.from(text), Array.from({ length: 200 }, (_, i) => i))).toEqual(events);
  expect(split(Buffer.from(text))).toEqual(events);
});

test('an event that only its last line feeds are missing of is told at the end', () => {
  expect(split(Buffer.from('data: 1\n\ndata: [DONE]'), [], true)).toEqual([['', '1'], ['', '[DONE]']]);
  expect(split(Buffer.from('data: [DONE]\n'), [], true)).toEqual([['', '[DONE]']]);
  expect(split(Buffer.from('data: [DONE]\n\n'), [], true)).toEqual([['', '[DONE]']]);
});

test('an event, a line and a stream without lines cannot grow beyond the limit', () => {
  const endless = [() => 'x'.repeat(60), () => 'data: aaaaaaaaaaaaaaaaaaaa\n', () => ': comment without an end'];
  for (const next of endless) {
    const splitter = new SseSplitter(100);
    expect(() => {
      for (let i = 0; i < 20; i++) splitter.push(Buffer.from(next()), () => undefined);
    }).toThrow(SseError);
  }
});

test('many events that were each within the limit do not add up', () => {
  const splitter = new SseSplitter(100);
  let count = 0;
  for (let i = 0; i < 1000; i++) for (const part of ['data: aaaa', 'aaaaaa\n', 'data: b\r\n\r\n']) splitter.push(Buffer.from(part), () => count++);
  expect(count).toBe(1000);
});
