import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { TacetError } from '@tacet/errors';
import { BodyShare, type BodyBudget } from './body-budget.ts';
import { PlainRequest, type ClientRequest } from './plain-request.ts';

/** A request body in memory; `release` gives its bytes back to the budget, once. */
export interface Body {
  readonly bytes: Buffer;
  release(): void;
}

export interface BodyLimits {
  readonly budget: BodyBudget;
  /** Of one body, as sent and as decompressed. */
  readonly bytesMax: number;
}

const decoders = { gzip: promisify(gunzip), br: promisify(brotliDecompress), zstd: promisify(zstdDecompress) };

/**
 * Reads a body, once and into one buffer; at once where it is there. Throws or rejects with `TacetError`: `body_too_large` (before reading where the length
 * tells), `overloaded`, `encoding_unsupported`, `bad_request`, or `client_closed` when the client left.
 * `beforeReading` is called when it is sure that the body will be read.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits, beforeReading?: () => void): Promise<Body>;
export function readBody(request: ClientRequest, limits: BodyLimits, beforeReading?: () => void): Body | Promise<Body>;
export function readBody(request: ClientRequest, limits: BodyLimits, beforeReading?: () => void): Body | Promise<Body> {
  return request instanceof PlainRequest ? takeBody(request, limits) : readAll(request, limits, beforeReading);
}

/** A body that is there. It counts for as long as any other. */
function takeBody(request: PlainRequest, { budget, bytesMax }: BodyLimits): Body {
  const body = request.takeBody();
  if (body.length > bytesMax) throw tooLarge(bytesMax);
  const share = new BodyShare(budget);
  share.take(body.length);
  return { bytes: body, release: () => share.release() };
}

async function readAll(request: IncomingMessage, { budget, bytesMax }: BodyLimits, beforeReading?: () => void): Promise<Body> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (encoding !== 'identity' && decode === undefined) throw new TacetError('encoding_unsupported', { param: 'content-encoding' });
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (length > bytesMax) throw tooLarge(bytesMax);
  // Whoever left while the key was looked up has closed already, and would be waited for without end.
  if (request.destroyed) throw new TacetError('client_closed');
  const share = new BodyShare(budget);
  try {
    // Only what has come counts: a body that is told and does not come takes no room from others.
    if (length > 0) share.expect(length);
    beforeReading?.();
    const sent = await collect(request, length, bytesMax, share);
    const bytes = decode ? await decompress(decode, sent, bytesMax, share) : sent;
    return { bytes, release: () => share.release() };
  } catch (error) {
    share.release();
    throw error;
  }
}

/** The bytes as they were sent. Listeners stay to the end of the request: taking them off costs more than they do. */
function collect(request: IncomingMessage, length: number, bytesMax: number, share: BodyShare): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const gatherer = new Gatherer(length, bytesMax, share);
    let hasEnded = false;
    request.on('data', (chunk: Buffer) => {
      const error = gatherer.add(chunk);
      if (error) reject(error);
    });
    request.on('end', () => {
      hasEnded = true;
      resolve(gatherer.whole());
    });
    // Every request closes; an error is made only where it says something, since making one takes long.
    request.on('close', () => {
      if (!hasEnded) reject(new TacetError('client_closed'));
    });
    request.on('error', () => reject(new TacetError('client_closed')));
  });
}

/**
 * Room for a body that comes in parts: so many times what has come, at least so much. A length is only what its client says,
 * and parts can be as small as a byte, each of which would cost more to keep than to copy.
 */
const roomFactor = { told: 16, untold: 2 };
const roomBytesMin = 65_536;

/** Parts that a body may come in: so many, and another for each so many bytes. Each costs time, however small it is. */
export const partsMax = 10_000;
export const partBytesMin = 64;

/** Puts a body together where the whole will be; one that comes at once is taken as it is. */
class Gatherer {
  readonly #length: number;
  readonly #bytesMax: number;
  readonly #share: BodyShare;
  #bytes = 0;
  #parts = 0;
  #first: Buffer | undefined;
  #room: Buffer | undefined;
  #hasFailed = false;

  constructor(length: number, bytesMax: number, share: BodyShare) {
    this.#length = length;
    this.#bytesMax = bytesMax;
    this.#share = share;
  }

  /** Takes a chunk; returns why it cannot. What comes after that is not kept. */
  add(chunk: Buffer): TacetError | undefined {
    if (this.#hasFailed) return undefined;
    this.#bytes += chunk.length;
    try {
      if (this.#bytes > this.#bytesMax) throw tooLarge(this.#bytesMax);
      if (++this.#parts > partsMax + this.#bytes / partBytesMin) throw new TacetError('bad_request', { message: 'The body comes in too many small parts.' });
      this.#share.take(chunk.length);
    } catch (error) {
      this.#hasFailed = true;
      this.#first = undefined;
      this.#room = undefined;
      return error as TacetError;
    }
    if (this.#bytes === chunk.length) this.#first = chunk;
    else chunk.copy(this.#roomFor(this.#bytes - chunk.length), this.#bytes - chunk.length);
    return undefined;
  }

  whole(): Buffer {
    if (this.#room) return this.#room.length === this.#bytes ? this.#room : this.#room.subarray(0, this.#bytes);
    return this.#first ?? Buffer.alloc(0);
  }

  /** Room for all that has come, with what had come before in it. */
  #roomFor(before: number): Buffer {
    const had = this.#room ?? this.#first;
    if (this.#room && this.#room.length >= this.#bytes) return this.#room;
    const isTold = !Number.isNaN(this.#length);
    const wanted = Math.max(roomBytesMin, this.#bytes * (isTold ? roomFactor.told : roomFactor.untold));
    const room = Buffer.allocUnsafeSlow(Math.min(isTold ? this.#length : this.#bytesMax, wanted));
    had?.copy(room, 0, 0, before);
    this.#first = undefined;
    this.#room = room;
    return room;
  }
}

async function decompress(decode: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>, sent: Buffer, bytesMax: number, share: BodyShare): Promise<Buffer> {
  try {
    const bytes = await decode(sent, { maxOutputLength: bytesMax });
    share.take(bytes.length);
    return bytes;
  } catch (error) {
    if (error instanceof TacetError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(bytesMax);
    throw new TacetError('bad_request', { param: 'content-encoding', message: 'The body is not what its encoding says.' });
  }
}

function tooLarge(bytesMax: number): TacetError {
  return new TacetError('body_too_large', { metadata: { bytes_max: bytesMax } });
}
