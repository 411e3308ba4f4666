import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { TacetError } from '@tacet/errors';
import { BodyShare, type BodyBudget } from './body-budget.ts';

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
 * Reads a body, once and into one buffer. Throws `TacetError`: `body_too_large` (before reading where the length
 * tells), `overloaded`, `encoding_unsupported`, `bad_request`, or `client_closed` when the client left.
 * `beforeReading` is called when it is sure that the body will be read.
 */
export async function readBody(request: IncomingMessage, { budget, bytesMax }: BodyLimits, beforeReading?: () => void): Promise<Body> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders] : undefined;
  if (encoding !== 'identity' && decode === undefined) throw new TacetError('encoding_unsupported', { param: 'content-encoding' });
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (length > bytesMax) throw tooLarge(bytesMax);
  // Whoever left while the key was looked up has closed already, and would be waited for without end.
  if (request.destroyed) throw new TacetError('client_closed');
  const share = new BodyShare(budget);
  try {
    if (length > 0) share.take(length);
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

/** Puts a body together with at most one copy: into the place where the whole will be. */
class Gatherer {
  readonly #length: number;
  readonly #bytesMax: number;
  readonly #share: BodyShare;
  #bytes = 0;
  #first: Buffer | undefined;
  #whole: Buffer | undefined;
  #chunks: Buffer[] = [];
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
      // Where the length is not known, the budget is asked as the bytes come.
      if (Number.isNaN(this.#length)) this.#share.take(chunk.length);
    } catch (error) {
      this.#hasFailed = true;
      this.#chunks = [];
      return error as TacetError;
    }
    this.#keep(chunk);
    return undefined;
  }

  whole(): Buffer {
    if (this.#whole) return this.#whole;
    if (this.#chunks.length === 0) return this.#first ?? Buffer.alloc(0);
    return Buffer.concat([this.#first ?? Buffer.alloc(0), ...this.#chunks]);
  }

  #keep(chunk: Buffer): void {
    if (this.#bytes === chunk.length) {
      this.#first = chunk;
      if (chunk.length === this.#length || Number.isNaN(this.#length)) return;
      this.#whole = Buffer.allocUnsafeSlow(this.#length);
    }
    if (this.#whole) chunk.copy(this.#whole, this.#bytes - chunk.length);
    else this.#chunks.push(chunk);
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
