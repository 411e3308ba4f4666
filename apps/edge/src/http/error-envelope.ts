import { errorCatalogue, type TacetError } from '@tacet/errors';
import type { ErrorDialect } from '../endpoints.ts';

/** Where an error is explained, relative to the deployment's own site. */
const docPath = '/docs/errors#';

/** What OpenAI's SDKs tell errors apart by. */
function openaiType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 402:
      return 'insufficient_quota';
    case 403:
      return 'permission_error';
    case 408:
    case 504:
      return 'timeout_error';
    case 429:
      return 'rate_limit_error';
    default:
      return status >= 500 ? 'server_error' : 'invalid_request_error';
  }
}

/** What Anthropic's SDKs tell errors apart by. */
function anthropicType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error';
    case 402:
      return 'billing_error';
    case 403:
      return 'permission_error';
    case 404:
      return 'not_found_error';
    case 408:
    case 504:
      return 'timeout_error';
    case 413:
      return 'request_too_large';
    case 429:
      return 'rate_limit_error';
    case 503:
      return 'overloaded_error';
    default:
      return status >= 500 ? 'api_error' : 'invalid_request_error';
  }
}

/**
 * The one body of an error that every SDK of a dialect understands: OpenAI's with RFC 9457 beside it, or
 * Anthropic's. `requestId`: where the request has one.
 */
export function errorBody(error: TacetError, dialect: ErrorDialect, requestId?: string): string {
  const { code, httpStatus: status, param = null, metadata } = error;
  const { title } = errorCatalogue[code];
  const detail = errorSentences(error);
  if (dialect === 'anthropic') {
    const described = { type: anthropicType(status), message: detail, code, ...(param === null ? {} : { param }), ...(metadata ? { metadata } : {}) };
    return JSON.stringify({ type: 'error', error: described, request_id: requestId ?? null });
  }
  const docUrl = `${docPath}${code}`;
  return JSON.stringify({
    error: { message: detail, type: openaiType(status), param, code, doc_url: docUrl, ...(metadata ? { metadata } : {}) },
    type: docUrl,
    title,
    status,
    detail,
  });
}

/** What happened, and what to do. */
export function errorSentences({ code, message }: TacetError): string {
  return `${message} ${errorCatalogue[code].remedy}`;
}

/** The error as an event of a stream whose headers are sent: the last one, and no `[DONE]` after it. */
export function errorEvent(error: TacetError, dialect: ErrorDialect, requestId?: string): string {
  return `${dialect === 'anthropic' ? 'event: error\n' : ''}data: ${errorBody(error, dialect, requestId)}\n\n`;
}

/** Headers (names and values) that tell a client whether and when to try again. */
export function retryHeaders({ code, retryAfterMs }: TacetError): string[] {
  const headers = ['x-should-retry', String(errorCatalogue[code].retry)];
  if (retryAfterMs === undefined) return headers;
  return [...headers, 'retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000))), 'retry-after-ms', String(Math.ceil(retryAfterMs))];
}
