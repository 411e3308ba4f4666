/**
 * What is an answer, and where it ends. Method: each case as one read, cut in two at every byte, and byte by byte. Answers made at random are in
 * `answer-twins.test.ts`.
 */
import { expect, test } from '@jest/globals';
import { answerHeadBytesMax, AnswerReader, type AnswerReaderHost } from './answer-reader.ts';
import { chunkLineBytesMax, trailerBytesMax } from './chunked-body.ts';
import type { AnswerHead } from './answer-head.ts';

interface Reading {
  outcome: 'failed' | 'reusable' | 'last' | 'open';
  status: number;
  type: string;
  encoding: string;
  retryAfter: string;
  body: string;
}

/** What a reader makes of reads, and of the end of the connection after them. */
function read(pieces: readonly string[], isClosed = true): Reading & { pieces: number } {
  const reading = { outcome: 'open' as Reading['outcome'], status: 0, type: '', encoding: '', retryAfter: '', body: '', pieces: 0 };
  const host: AnswerReaderHost = {
    takeHead: ({ status, headers: { contentType, contentEncoding, retryAfter } }: AnswerHead) => Object.assign(reading, { status, type: contentType, encoding: contentEncoding, retryAfter }),
    takeBody: (bytes) => {
      reading.body += bytes.toString('latin1');
      reading.pieces++;
    },
    takeEnd: (mayReuse) => {
      expect(reading.outcome).toBe('open');
      reading.outcome = mayReuse ? 'reusable' : 'last';
    },
    takeInvalid: () => {
      // What comes behind an answer, in a read of its own, ends the connection and leaves the answer as it is.
      reading.outcome = reading.outcome === 'open' ? 'failed' : 'last';
    },
  };
  const reader = new AnswerReader(host);
  reader.begin();
  for (const piece of pieces) reader.take(Buffer.from(piece, 'latin1'));
  if (isClosed && reading.outcome === 'open') reader.takeClose();
  return reading;
}

const summary = ({ outcome, status, body }: Reading) => (outcome === 'failed' ? 'failed' : `${outcome} ${status} ${body}`);
const answer = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines].join('\r\n');

const cases: readonly [string, string, string][] = [
  ['a length', answer('content-length: 5', '', 'hello'), 'reusable 200 hello'],
  ['no body by its length', answer('Content-Length:0', '', ''), 'reusable 200 '],
  ['a length in blanks', answer('content-length:\t 5 \t', '', 'hello'), 'reusable 200 hello'],
  ['no reason', 'HTTP/1.1 200\r\ncontent-length: 1\r\n\r\nx', 'reusable 200 x'],
  ['an empty reason', 'HTTP/1.1 503 \r\ncontent-length: 1\r\n\r\nx', 'reusable 503 x'],
  ['a reason in bytes beyond ASCII', 'HTTP/1.1 200 \xe9\r\ncontent-length: 1\r\n\r\nx', 'reusable 200 x'],
  ['chunks', answer('transfer-encoding: chunked', '', '5', 'hello', '00A', 'aaaaabbbbb', '0', '', ''), 'reusable 200 helloaaaaabbbbb'],
  ['chunks in capitals', answer('TRANSFER-ENCODING: CHUNKED', '', '1', 'x', '0', '', ''), 'reusable 200 x'],
  ['extensions and trailers', answer('transfer-encoding: chunked', '', '1;a=b;c="d"', 'x', '0;e', 'x-trailer: y', 'content-length: 7', '', ''), 'reusable 200 x'],
  ['no chunks', answer('transfer-encoding: chunked', '', '0', '', ''), 'reusable 200 '],
  ['neither, to the end', answer('', 'all of it'), 'last 200 all of it'],
  ['neither, and nothing', answer('', ''), 'last 200 '],
  ['close', answer('connection: close', 'content-length: 1', '', 'x'), 'last 200 x'],
  ['close among others, and taken back', answer('connection: foo, Close', 'connection: keep-alive', 'content-length: 1', '', 'x'), 'last 200 x'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', 'last 200 x'],
  ['HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\nx', 'reusable 200 x'],
  ['interim answers', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\ncontent-length: 4\r\n\r\n${answer('content-length: 1', '', 'x')}`, 'reusable 200 x'],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'reusable 204 '],
  ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', 'reusable 304 '],
  ['204 with a length', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', 'last 204 '],
  ['304 with a coding', 'HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n', 'last 304 '],
  ['204 with a body', 'HTTP/1.1 204 No Content\r\n\r\nx', 'last 204 '],
  ['a second answer', `${answer('content-length: 1', '', 'x')}${answer('content-length: 1', '', 'y')}`, 'last 200 x'],
  ['a second answer after chunks', `${answer('transfer-encoding: chunked', '', '0', '', '')}HTTP/1.1 200 OK\r\n`, 'last 200 '],
];

const failures: readonly [string, string][] = [
  ['nothing', ''],
  ['no HTTP', 'hello\r\n\r\n'],
  ['a request', 'GET / HTTP/1.1\r\n\r\n'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n'],
  ['a line before it', `\r\n${answer('content-length: 1', '', 'x')}`],
  ['two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
  ['two blanks', 'HTTP/1.1  200 OK\r\n\r\n'],
  ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n'],
  ['bare LF after the status', 'HTTP/1.1 200 OK\ncontent-length: 1\r\n\r\nx'],
  ['bare LF after a header', 'HTTP/1.1 200 OK\r\ncontent-length: 1\n\r\nx'],
  ['bare LF at the end', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\nx'],
  ['bare CR', 'HTTP/1.1 200 OK\r\nx: a\rb\r\ncontent-length: 1\r\n\r\nx'],
  ['NUL in a value', 'HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 1\r\n\r\nx'],
  ['NUL in a name', 'HTTP/1.1 200 OK\r\nx\0: a\r\ncontent-length: 1\r\n\r\nx'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nx: a\r\n b\r\ncontent-length: 1\r\n\r\nx'],
  ['a blank before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 1\r\n\r\nx'],
  ['no name', 'HTTP/1.1 200 OK\r\n: 1\r\n\r\n'],
  ['no colon', 'HTTP/1.1 200 OK\r\nnothing\r\n\r\n'],
  ['two lengths', answer('content-length: 1', 'content-length: 2', '', 'xx')],
  ['a length twice', answer('content-length: 1', 'content-length: 1', '', 'x')],
  ['a list of lengths', answer('content-length: 1, 1', '', 'x')],
  ['an empty length', answer('content-length:', '', '')],
  ['a sign', answer('content-length: +1', '', 'x')],
  ['a hexadecimal length', answer('content-length: 0x1', '', 'x')],
  ['a length beyond 2^53', answer('content-length: 9007199254740993', '', 'x')],
  ['a length and chunks', answer('content-length: 5', 'transfer-encoding: chunked', '', '0', '', '')],
  ['chunks and a length', answer('transfer-encoding: chunked', 'content-length: 5', '', '0', '', '')],
  ['gzip and chunks', answer('transfer-encoding: gzip, chunked', '', '0', '', '')],
  ['identity', answer('transfer-encoding: identity', '', 'x')],
  ['chunked twice', answer('transfer-encoding: chunked', 'transfer-encoding: chunked', '', '0', '', '')],
  ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['chunked with a tail', answer('transfer-encoding: chunked;q=1', '', '0', '', '')],
  ['an end in the head', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ['an end in the body', answer('content-length: 5', '', 'hell')],
  ['an end in a chunk', answer('transfer-encoding: chunked', '', '5', 'hell')],
  ['an end before the last chunk', answer('transfer-encoding: chunked', '', '5', 'hello', '')],
  ['an end in the last chunk', answer('transfer-encoding: chunked', '', '0', '')],
  ['no size', answer('transfer-encoding: chunked', '', '', 'x', '0', '', '')],
  ['an extension without a size', answer('transfer-encoding: chunked', '', ';a', '', '')],
  ['a size that is none', answer('transfer-encoding: chunked', '', 'g', 'x', '0', '', '')],
  ['a blank after the size', answer('transfer-encoding: chunked', '', '1 ', 'x', '0', '', '')],
  ['a prefix of the size', answer('transfer-encoding: chunked', '', '0x1', 'x', '0', '', '')],
  ['a size beyond 2^53', answer('transfer-encoding: chunked', '', '20000000000001', 'x')],
  ['bare LF after a size', answer('transfer-encoding: chunked', '', '1\nx', '0', '', '')],
  ['bare LF in an extension', answer('transfer-encoding: chunked', '', '1;a\nx', '0', '', '')],
  ['too much in a chunk', answer('transfer-encoding: chunked', '', '1', 'xy', '0', '', '')],
  ['bare LF after a chunk', answer('transfer-encoding: chunked', '', '1', 'x\n0', '', '')],
  ['a trailer without a name', answer('transfer-encoding: chunked', '', '0', ': x', '', '')],
  ['a trailer without a colon', answer('transfer-encoding: chunked', '', '0', 'x', '', '')],
  ['a folded trailer', answer('transfer-encoding: chunked', '', '0', 'x: y', ' z', '', '')],
  ['bare LF after a trailer', answer('transfer-encoding: chunked', '', '0', 'x: y\n', '')],
  ['a long size', answer('transfer-encoding: chunked', '', `1;${'x'.repeat(chunkLineBytesMax)}`, 'x', '0', '', '')],
];

const cutAtEveryByte = (text: string) => [[text], ...Array.from({ length: Math.max(0, text.length - 1) }, (_, i) => [text.slice(0, i + 1), text.slice(i + 1)]), [...text]];

test.each(cases)('%s is an answer, wherever it is cut', (_name, text, expected) => {
  for (const pieces of cutAtEveryByte(text)) expect([pieces, summary(read(pieces))]).toEqual([pieces, expected]);
});

test.each(failures)('%s is no answer, wherever it is cut', (_name, text) => {
  for (const pieces of cutAtEveryByte(text)) expect([pieces, summary(read(pieces))]).toEqual([pieces, 'failed']);
});

test('the headers that mean something are read in any case, the last one counts, and none stays for the next answer', () => {
  const headers = answer('CONTENT-TYPE: a', 'Content-Type:  application/json; charset=utf-8 ', 'content-encoding: gzip', 'Retry-After: 5', 'content-length: 0', '', '');
  expect(read([headers])).toMatchObject({ type: 'application/json; charset=utf-8', encoding: 'gzip', retryAfter: '5' });
  const seen: string[] = [];
  const host = { takeHead: ({ headers: { contentType, contentEncoding, retryAfter } }: AnswerHead) => void seen.push([contentType, contentEncoding, retryAfter].join()), takeBody: () => undefined, takeEnd: () => undefined, takeInvalid: () => undefined };
  const reader = new AnswerReader(host);
  for (const text of [headers, answer('content-length: 0', '', '')]) {
    reader.begin();
    reader.take(Buffer.from(text));
  }
  expect(seen).toEqual(['application/json; charset=utf-8,gzip,5', ',,']);
});

test('what a worker says of how long it keeps a connection is read', () => {
  const host = { takeHead: () => undefined, takeBody: () => undefined, takeEnd: () => undefined, takeInvalid: () => undefined };
  const seconds = (...lines: string[]) => {
    const reader = new AnswerReader(host);
    reader.begin();
    reader.take(Buffer.from(answer(...lines, 'content-length: 0', '', '')));
    return reader.head.keepAliveSeconds;
  };
  expect([seconds('keep-alive: timeout=5'), seconds('Keep-Alive: max=100, Timeout=72'), seconds('keep-alive: 5'), seconds()]).toEqual([5, 72, undefined, undefined]);
});

test('heads, interim ones included, and trailers have an end', () => {
  const filler = (bytes: number) => `x: ${'y'.repeat(bytes)}`;
  expect(summary(read([answer(filler(answerHeadBytesMax - 100), 'content-length: 0', '', '')]))).toBe('reusable 200 ');
  expect(summary(read([answer(filler(answerHeadBytesMax), 'content-length: 0', '', '')]))).toBe('failed');
  expect(summary(read([answer(filler(answerHeadBytesMax))], false))).toBe('failed');
  expect(summary(read(Array.from({ length: 800 }, () => 'HTTP/1.1 102 Processing\r\n\r\n'), false))).toBe('failed');
  const trailers = (bytes: number) => answer('transfer-encoding: chunked', '', '0', filler(bytes), '', '');
  expect(summary(read([trailers(trailerBytesMax - 100)]))).toBe('reusable 200 ');
  expect(summary(read([trailers(trailerBytesMax)]))).toBe('failed');
});

test('the chunks of one read are one piece', () => {
  const events = Array.from({ length: 10 }, (_, i) => `data: ${'x'.repeat(i * 7)}\n\n`);
  const chunks = events.map((event) => `${event.length.toString(16)}\r\n${event}\r\n`).join('');
  expect(read([answer('transfer-encoding: chunked', '', ''), chunks, '0\r\n\r\n'])).toMatchObject({ outcome: 'reusable', body: events.join(''), pieces: 1 });
  expect(read([answer('transfer-encoding: chunked', '', chunks), '0\r\n\r\n'])).toMatchObject({ outcome: 'reusable', body: events.join(''), pieces: 1 });
});

test.each(['takeHead', 'takeBody'] as const)('a reader that is stopped in %s tells nothing more', (where) => {
  for (const text of [answer('content-length: 3', '', 'abc'), answer('transfer-encoding: chunked', '', '3', 'abc', '0', '', ''), answer('', 'abc'), answer('content-length: 0', '', '')]) {
    const told: string[] = [];
    const tell = (name: string) => () => {
      told.push(name);
      if (name === where) reader.stop();
    };
    const reader: AnswerReader = new AnswerReader({ takeHead: tell('takeHead'), takeBody: tell('takeBody'), takeEnd: tell('takeEnd'), takeInvalid: tell('takeInvalid') });
    reader.begin();
    reader.take(Buffer.from(text));
    reader.take(Buffer.from('more'));
    reader.takeClose();
    if (told.includes(where)) expect(told.at(-1)).toBe(where);
  }
});
