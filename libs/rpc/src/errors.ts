import { Metadata, type ServiceError, type StatusObject } from '@grpc/grpc-js';
import { errorCatalogue, isErrorCode, TacetError } from '@tacet/errors';

const codeKey = 'tacet-code';
const paramKey = 'tacet-param';
const retryKey = 'tacet-retry-after-ms';

/** The call did not reach the other side, or no answer came back: it may or may not have happened. */
export class RpcUnavailableError extends Error {
  override readonly name = 'RpcUnavailableError';
  readonly rpc: string;
  /** The status of gRPC itself, such as 4 DEADLINE_EXCEEDED or 14 UNAVAILABLE. */
  readonly grpcStatus: number;

  constructor(rpc: string, grpcStatus: number, cause: unknown) {
    super(`${rpc}: no answer (gRPC status ${grpcStatus})`, { cause });
    this.rpc = rpc;
    this.grpcStatus = grpcStatus;
  }
}

/** How an error travels: status, our code in `tacet-code`, and a message made of constants and names. */
export function toStatus(error: TacetError): Partial<StatusObject> {
  const metadata = new Metadata();
  metadata.set(codeKey, error.code);
  if (error.param !== undefined) metadata.set(paramKey, error.param);
  if (error.retryAfterMs !== undefined) metadata.set(retryKey, String(error.retryAfterMs));
  return { code: errorCatalogue[error.code].grpc, details: error.message, metadata };
}

/** The error that a caller gets: the other side's `TacetError`, or `RpcUnavailableError`. */
export function fromServiceError(rpc: string, error: ServiceError): TacetError | RpcUnavailableError {
  const first = (key: string) => error.metadata?.get(key)[0]?.toString();
  const code = first(codeKey);
  if (code === undefined || !isErrorCode(code)) return new RpcUnavailableError(rpc, error.code, error);
  const retryAfter = first(retryKey);
  return new TacetError(code, { message: error.details, param: first(paramKey), retryAfterMs: retryAfter === undefined ? undefined : Number(retryAfter), cause: error });
}
