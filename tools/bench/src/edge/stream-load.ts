/**
 * Opens streams and reads them: `node stream-load.ts`, with a `StreamLoad` as JSON in the first argument. Prints `open`
 * when the first token of every stream is there, then, after the time is over, a `StreamResult` as one line of JSON; then it
 * ends, and all streams with it.
 */
import { connect, type Socket } from 'node:net';
import { stampDigits, stampMark } from './stand-in-answers.ts';

/** What is wanted of it. */
export interface StreamLoad {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  readonly streams: number;
  /** Tokens of each stream in a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What came of it. */
export interface StreamResult {
  readonly chunks: number;
  /** Streams that ended, were refused or never began. */
  readonly broken: number;
  /** From the worker's write to the client's read, in milliseconds. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  /** Bytes that the chunks came in, HTTP's own included, for each chunk. */
  readonly bytesPerChunk: number;
}

const openedAtOnce = 50;
const openDeadlineMs = 120_000;
const loadOf = JSON.parse(process.argv[2] ?? '{}') as StreamLoad;

const body = JSON.stringify({ model: loadOf.model, messages: [{ role: 'user', content: 'Tell me a long story about a fox.' }], max_tokens: 30_000, stream: true, bench_rate: loadOf.rate });
const head = Object.entries({ host: `127.0.0.1:${loadOf.port}`, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...loadOf.headers });
const request = `POST ${loadOf.path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;

let isMeasuring = false;
let begun = 0;
let broken = 0;
let bytes = 0;
/** Delays in microseconds; 30,000 a second for ten minutes at most. */
let delays = new Float64Array(1 << 16);
let chunks = 0;

function noteDelay(delay: number): void {
  if (chunks === delays.length) {
    const larger = new Float64Array(delays.length * 2);
    larger.set(delays);
    delays = larger;
  }
  delays[chunks++] = delay;
}

function openStream(): Promise<void> {
  return new Promise((resolve) => {
    let hasBegun = false;
    const begin = (isBroken: boolean) => {
      if (isBroken && !isEnding) broken++;
      if (!hasBegun) resolve();
      hasBegun = true;
    };
    const socket: Socket = connect({ port: loadOf.port, host: '127.0.0.1', noDelay: true }, () => socket.write(request));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => begin(true));
    socket.on('data', (data: Buffer) => {
      const text = data.toString('latin1');
      if (isMeasuring) bytes += data.length;
      const now = Number(process.hrtime.bigint() / 1_000n);
      for (let at = text.indexOf(stampMark); at !== -1; at = text.indexOf(stampMark, at + stampDigits)) {
        if (!hasBegun) {
          begun++;
          begin(false);
        }
        const stamp = text.slice(at + stampMark.length, at + stampMark.length + stampDigits);
        // One that the network cut in two is not counted.
        if (isMeasuring && stamp.length === stampDigits) noteDelay(now - Number(stamp));
      }
    });
  });
}

let isEnding = false;
const deadline = setTimeout(() => {
  process.stderr.write(`only ${begun} of ${loadOf.streams} streams began\n`);
  process.exit(1);
}, openDeadlineMs);
for (let opened = 0; opened < loadOf.streams; opened += openedAtOnce) {
  await Promise.all(Array.from({ length: Math.min(openedAtOnce, loadOf.streams - opened) }, openStream));
}
clearTimeout(deadline);
process.stdout.write('open\n');
isMeasuring = true;
setTimeout(() => {
  isMeasuring = false;
  isEnding = true;
  const sorted = delays.subarray(0, chunks).sort();
  const percentileMs = (part: number) => (sorted[Math.min(chunks - 1, Math.floor(chunks * part))] ?? Number.NaN) / 1_000;
  const result: StreamResult = { chunks, broken, delayP50Ms: percentileMs(0.5), delayP99Ms: percentileMs(0.99), bytesPerChunk: bytes / chunks };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}, loadOf.seconds * 1_000);
