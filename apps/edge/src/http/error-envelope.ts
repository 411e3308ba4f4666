import { errorCatalogue, type TacetError } from '@tacet/errors';

/** Where an error is explained, relative to the deployment's own site. */
const docPath = '/docs/errors#';

/** What OpenAI's SDKs tell errors apart by. */
function typeOf(status: number): string {
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

/** The one body of an error that every SDK understands (OpenAI's, and RFC 9457 beside it). */
export function errorBody(error: TacetError): string {
  const { code, httpStatus: status, param = null, metadata } = error;
  const { title, remedy } = errorCatalogue[code];
  const detail = `${error.message} ${remedy}`;
  const docUrl = `${docPath}${code}`;
  return JSON.stringify({
    error: { message: detail, type: typeOf(status), param, code, doc_url: docUrl, ...(metadata ? { metadata } : {}) },
    type: docUrl,
    title,
    status,
    detail,
  });
}

/** The error as an event of a stream whose headers are sent: the last one, and no `[DONE]` after it. */
export function errorEvent(error: TacetError): string {
  return `data: ${errorBody(error)}\n\n`;
}

/** Headers (names and values) that tell a client whether and when to try again. */
export function retryHeaders({ code, retryAfterMs }: TacetError): string[] {
  const headers = ['x-should-retry', String(errorCatalogue[code].retry)];
  if (retryAfterMs === undefined) return headers;
  return [...headers, 'retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000))), 'retry-after-ms', String(Math.ceil(retryAfterMs))];
}
