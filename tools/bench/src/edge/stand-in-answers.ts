/** Bytes of a chunk that hold the time at which it was sent: microseconds of the machine's monotonic clock, 16 digits. */
export const stampDigits = 16;
/** What stands before them. */
export const stampMark = '"content":"@';

/** What it serves: an edge asks the worker of the first for usage on every chunk, that of the second at the end. */
export const modelIds = ['bench', 'bench-final'] as const;

const created = 1_767_323_045;
const [model] = modelIds;
const answerText = 'The quick brown fox jumps over the lazy dog while the band plays on. '.repeat(4).trim();

/** A whole chat completion of about 630 bytes, with its head, as an engine sends it. */
export function wholeAnswer(): Buffer {
  const body = JSON.stringify({
    id: 'chatcmpl-0123456789abcdef0123456789abcdef',
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: answerText, tool_calls: [] }, logprobs: null, finish_reason: 'stop', stop_reason: null }],
    usage: { prompt_tokens: 57, total_tokens: 121, completion_tokens: 64, prompt_tokens_details: null },
  });
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** The head of a stream, and its first event. */
export function streamHead(continuousUsage: boolean): Buffer {
  const first = event({ role: 'assistant', content: '' }, continuousUsage ? usageText(0) : undefined);
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n${framed(first)}`);
}

/** A chunk of one token, framed for HTTP, into which time and count are written before each use. */
export interface ChunkTemplate {
  readonly bytes: Buffer;
  readonly stampAt: number;
  /** Where the counts stand, each with `countDigits` places; empty without continuous usage. */
  readonly countsAt: readonly number[];
}

/** Places of a count in a chunk, leading blanks included (JSON allows them). */
export const countDigits = 6;

/** Makes the template; about 190 bytes, 90 more with continuous usage. */
export function chunkTemplate(continuousUsage: boolean): ChunkTemplate {
  const text = framed(event({ content: `@${'0'.repeat(stampDigits)}` }, continuousUsage ? usageText(0) : undefined));
  const countsAt = continuousUsage ? ['"total_tokens":', '"completion_tokens":'].map((name) => text.indexOf(name) + name.length) : [];
  return { bytes: Buffer.from(text, 'latin1'), stampAt: text.indexOf(stampMark) + stampMark.length, countsAt };
}

function usageText(completion: number): string {
  const blank = String(completion).padStart(countDigits);
  return `{"prompt_tokens":57,"total_tokens":${blank},"completion_tokens":${blank}}`;
}

function event(delta: object, usage: string | undefined): string {
  const chunk = JSON.stringify({ id: 'chatcmpl-0123456789abcdef', object: 'chat.completion.chunk', created, model, choices: [{ index: 0, delta, logprobs: null, finish_reason: null }] });
  return `data: ${usage === undefined ? chunk : `${chunk.slice(0, -1)},"usage":${usage}}`}\n\n`;
}

function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
