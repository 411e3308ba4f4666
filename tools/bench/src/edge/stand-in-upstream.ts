/**
 * A worker that costs next to nothing: `node stand-in-upstream.ts PORT`. HTTP/1.1 by hand on bare sockets, answers made
 * beforehand. A body with `"stream":true` gets a token every 1/`"bench_rate"` of a second until the client goes.
 */
import { createServer, type Socket } from 'node:net';
import { chunkTemplate, countDigits, modelIds, stampDigits, streamHead, wholeAnswer, type ChunkTemplate } from './stand-in-answers.ts';

const port = Number(process.argv[2]);
const ticksPerSecond = 500;
const tickMs = 1_000 / ticksPerSecond;
const whole = wholeAnswer();
const models = plainAnswer(JSON.stringify({ object: 'list', data: modelIds.map((id) => ({ id, object: 'model', created: 0, owned_by: 'bench' })) }));
const empty = plainAnswer('');

interface Stream {
  readonly socket: Socket;
  readonly template: ChunkTemplate;
  readonly ticks: number;
  tokens: number;
}

/** Streams by the tick in which their next token is due, so that they do not all speak at once. */
const wheel = new Map<number, Stream[]>();
let tick = 0;
let nextPhase = 0;

function plainAnswer(body: string): Buffer {
  return Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}

function schedule(stream: Stream, at: number): void {
  const due = wheel.get(at);
  if (due) due.push(stream);
  else wheel.set(at, [stream]);
}

function startStream(socket: Socket, body: string): void {
  const continuousUsage = body.includes('"continuous_usage_stats":true');
  const rate = Number(/"bench_rate":(\d+)/.exec(body)?.[1] ?? 30);
  socket.write(streamHead(continuousUsage));
  const ticks = Math.max(1, Math.round(ticksPerSecond / rate));
  schedule({ socket, template: chunkTemplate(continuousUsage), ticks, tokens: 0 }, tick + 1 + (nextPhase++ % ticks));
}

function sendToken(stream: Stream): void {
  if (stream.socket.destroyed) return;
  stream.tokens++;
  const { bytes, stampAt, countsAt } = stream.template;
  const chunk = Buffer.allocUnsafe(bytes.length);
  bytes.copy(chunk);
  chunk.write(String(process.hrtime.bigint() / 1_000n).padStart(stampDigits, '0'), stampAt, 'latin1');
  const [total, completion] = countsAt;
  if (total !== undefined) chunk.write(String(stream.tokens + 57).padStart(countDigits), total, 'latin1');
  if (completion !== undefined) chunk.write(String(stream.tokens).padStart(countDigits), completion, 'latin1');
  stream.socket.write(chunk);
  schedule(stream, tick + stream.ticks);
}

const started = performance.now();
setInterval(() => {
  const now = Math.floor((performance.now() - started) / tickMs);
  while (tick < now) {
    tick++;
    const due = wheel.get(tick);
    wheel.delete(tick);
    for (const stream of due ?? []) sendToken(stream);
  }
}, tickMs);

/** Serves one request from what has arrived; returns what is left, or undefined when more must arrive first. */
function serveOne(socket: Socket, text: string): string | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = text.slice(0, headEnd);
  const bodyEnd = headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (text.length < bodyEnd) return undefined;
  if (head.startsWith('POST')) {
    const body = text.slice(headEnd + 4, bodyEnd);
    if (body.includes('"stream":true')) startStream(socket, body);
    else socket.write(whole);
  } else socket.write(head.startsWith('GET /v1/models') ? models : empty);
  return text.slice(bodyEnd);
}

const server = createServer({ noDelay: true }, (socket) => {
  let pieces: string[] = [];
  let length = 0;
  let needed = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    pieces.push(data.toString('latin1'));
    length += data.length;
    if (length < needed) return;
    let rest = pieces.join('');
    for (let left: string | undefined = rest; left !== undefined; ) {
      rest = left;
      left = left === '' ? undefined : serveOne(socket, left);
    }
    // A large body is looked at again only when it is whole.
    needed = rest.length > 65_536 ? bytesNeeded(rest) : 0;
    pieces = rest === '' ? [] : [rest];
    ({ length } = rest);
  });
});

function bytesNeeded(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n');
  return headEnd === -1 ? 0 : headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
}

server.listen(port, '127.0.0.1', 4_096, () => process.stdout.write('listening\n'));
