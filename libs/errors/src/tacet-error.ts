import { errorCatalogue, type ErrorCode } from './catalogue.ts';

/** What may be told of an error beside its code. Never request content, a key or a token. */
export interface ErrorDetail {
  /** The field, parameter or variable that is wrong: its name, never its value. */
  readonly param?: string | undefined;
  /** A sentence in place of the catalogue's, made of constants and names. */
  readonly message?: string | undefined;
  /** When trying again makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number | undefined;
  /** What the client may be told beside the message: closed sets and numbers. */
  readonly metadata?: Readonly<Record<string, string | number | readonly string[]>> | undefined;
  /** For the stack of an operator's debugger; never logged, never sent. */
  readonly cause?: unknown;
}

/**
 * An error that a caller must tell apart, by its code. Everything else is a plain `Error` and leaves a
 * process only as `internal_error`.
 */
export class TacetError extends Error {
  override readonly name = 'TacetError';
  readonly code: ErrorCode;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly metadata: ErrorDetail['metadata'];

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(detail.message ?? errorCatalogue[code].title, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.param = detail.param;
    this.retryAfterMs = detail.retryAfterMs;
    this.metadata = detail.metadata;
  }

  /** HTTP status of the code; 500 for the codes that only gRPC knows. */
  get httpStatus(): number {
    return errorCatalogue[this.code].http || 500;
  }
}

/** The error itself if it is a `TacetError`, else `internal_error` with it as the cause. */
export function toTacetError(error: unknown): TacetError {
  return error instanceof TacetError ? error : new TacetError('internal_error', { cause: error });
}
