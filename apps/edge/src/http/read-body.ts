import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { TacetError } from '@tacet/errors';
import type { BodyBudget } from './body-budget.ts';

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
  const account = new Account(budget);
  try {
    if (length > 0) account.take(length);
    beforeReading?.();
    const sent = await collect(request, length, bytesMax, account);
    const bytes = decode ? await decompress(decode, sent, bytesMax, account) : sent;
    return { bytes, release: () => account.release() };
  } catch (error) {
    account.release();
    throw error;
  }
}

/** What one body has taken out of the budget. */
class Account {
  readonly #budget: BodyBudget;
  #bytes = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  take(bytes: number): void {
    if (!this.#budget.take(bytes)) throw new TacetError('overloaded', { retryAfterMs: 1_000 });
    this.#bytes += bytes;
  }

  release(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }
}

function collect(request: IncomingMessage, length: number, bytesMax: number, account: Account): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let whole: Buffer | undefined;
    let bytes = 0;
    const chunks: Buffer[] = [];
    const finish = (error?: TacetError) => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      if (error) reject(error);
      else resolve(whole ?? (chunks.length > 0 ? Buffer.concat([first ?? Buffer.alloc(0), ...chunks]) : (first ?? Buffer.alloc(0))));
    };
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) return finish(tooLarge(bytesMax));
      // Where the length is not known, the budget is asked as the bytes come.
      if (Number.isNaN(length)) {
        try {
          account.take(chunk.length);
        } catch (error) {
          return finish(error as TacetError);
        }
      }
      if (bytes === chunk.length) {
        first = chunk;
        if (chunk.length === length || Number.isNaN(length)) return;
        // The only copy that is made: into the place where the whole body will be.
        whole = Buffer.allocUnsafeSlow(length);
      }
      if (whole) chunk.copy(whole, bytes - chunk.length);
      else chunks.push(chunk);
    };
    const onEnd = () => finish();
    const onGone = () => finish(new TacetError('client_closed'));
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

async function decompress(decode: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>, sent: Buffer, bytesMax: number, account: Account): Promise<Buffer> {
  try {
    const bytes = await decode(sent, { maxOutputLength: bytesMax });
    account.take(bytes.length);
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
