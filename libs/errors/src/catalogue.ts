/**
 * Every error that a caller can meet, with its HTTP status, its gRPC status and what to do about it.
 *
 * `http` 0: the code travels over gRPC only. `retry`: the same call can succeed later, unchanged.
 * docs/errors.md is made from this table, and tools/tidy refuses a code that is missing there.
 */
export interface ErrorEntry {
  readonly http: number;
  readonly grpc: GrpcStatus;
  readonly retry: boolean;
  /** One sentence for the caller: what happened. */
  readonly title: string;
  /** One sentence for the caller: what to do. */
  readonly remedy: string;
}

/** The gRPC status codes in use here (https://grpc.io/docs/guides/status-codes). */
export const grpcStatus = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

type GrpcStatus = (typeof grpcStatus)[keyof typeof grpcStatus];

function entry(http: number, grpc: GrpcStatus, title: string, remedy: string, retry = false): ErrorEntry {
  return { http, grpc, retry, title, remedy };
}

const s = grpcStatus;

export const errorCatalogue = {
  bad_request: entry(400, s.invalidArgument, 'The request is not valid HTTP or not a valid call.', 'Compare the request with the API reference.'),
  field_invalid: entry(400, s.invalidArgument, 'A field is missing, of the wrong type, or out of range.', 'Correct the field that `param` names.'),
  invalid_json: entry(400, s.invalidArgument, 'The body is not valid JSON.', 'Send one JSON object in UTF-8.'),
  ambiguous_field: entry(400, s.invalidArgument, 'A top-level field occurs twice or has an escaped name.', 'Send the field that `param` names once and unescaped.'),
  field_not_allowed: entry(400, s.invalidArgument, 'The field controls the engine and is set by the router alone.', 'Remove the field that `param` names.'),
  unsupported_parameter: entry(400, s.invalidArgument, 'The parameter is not supported here.', 'Remove the parameter that `param` names.'),
  key_malformed: entry(401, s.unauthenticated, 'The API key is missing or was not issued by this deployment.', 'Send `Authorization: Bearer tct_live_...` with a key of this deployment.'),
  key_unknown: entry(401, s.unauthenticated, 'The API key is not known.', 'Create a key and use that one.'),
  key_revoked: entry(401, s.unauthenticated, 'The API key was revoked.', 'Create a new key.'),
  key_expired: entry(401, s.unauthenticated, 'The API key has expired.', 'Create a new key.'),
  sign_in_failed: entry(401, s.unauthenticated, 'E-mail or password is wrong, or the address is not verified yet.', 'Check both, or open the link in the mail.'),
  session_missing: entry(401, s.unauthenticated, 'There is no valid session.', 'Sign in.'),
  insufficient_balance: entry(402, s.failedPrecondition, 'The balance does not cover the request.', 'Add credit, or lower `max_tokens`.'),
  key_limit: entry(402, s.failedPrecondition, 'The key has reached its spend limit.', 'Raise the limit of the key, or use another key.'),
  model_not_allowed: entry(403, s.permissionDenied, 'The key may not use this model.', 'Use a model that the key allows.'),
  account_suspended: entry(403, s.permissionDenied, 'The account is suspended.', 'Ask the operator.'),
  reauthentication_required: entry(403, s.permissionDenied, 'This needs a sign-in within the last 10 minutes.', 'POST the password to /api/session/reauthenticate, then try again.'),
  origin_refused: entry(403, s.permissionDenied, 'The request comes from another site.', 'Call from the site itself, or without a browser.'),
  signup_closed: entry(403, s.permissionDenied, 'Sign-up is closed here.', 'Ask the operator for an account.'),
  payments_closed: entry(403, s.permissionDenied, 'Payments are not set up here.', 'Ask the operator for credit.'),
  rpc_not_allowed: entry(403, s.permissionDenied, 'The client certificate may not call this rpc.', 'Use the certificate of the process that may.'),
  not_found: entry(404, s.notFound, 'There is no such thing, or it is not yours.', 'Check the id.'),
  model_unknown: entry(404, s.notFound, 'The model is not served here.', 'Use one of the models of GET /v1/models.'),
  model_not_priced: entry(404, s.notFound, 'The model has no price yet.', 'Ask the operator to apply a price list.'),
  route_unknown: entry(404, s.unimplemented, 'There is no such route.', 'Check method and path.'),
  route_unsupported_by_model: entry(404, s.unimplemented, 'The workers of this model do not serve this route.', 'Use another route or model.'),
  method_not_allowed: entry(405, s.unimplemented, 'The path exists, but not with this method.', 'Use a method of the `Allow` header.'),
  request_timeout: entry(408, s.deadlineExceeded, 'The request did not arrive in time.', 'Send it again, faster.', true),
  conflict: entry(409, s.aborted, 'The thing exists already or was changed meanwhile.', 'Read its present state, then decide.'),
  conversation_expired: entry(410, s.notFound, 'The ephemeral conversation has expired.', 'Start a new conversation.'),
  body_too_large: entry(413, s.resourceExhausted, 'The body is larger than the limit.', 'Send a smaller body.'),
  encoding_unsupported: entry(415, s.invalidArgument, 'The content type or encoding is not supported.', 'Send application/json, plain or as gzip, br or zstd.'),
  kek_disabled: entry(423, s.failedPrecondition, 'The master key of this account is disabled.', 'Enable the key at its provider.'),
  rate_limited: entry(429, s.resourceExhausted, 'The rate limit is reached.', 'Wait as long as `Retry-After` says.', true),
  in_flight_budget: entry(429, s.resourceExhausted, 'Other requests of the account hold the rest of the balance.', 'Wait for them to end.', true),
  abandoned_requests: entry(429, s.resourceExhausted, 'Too many requests of this key were given up before their answer.', 'Wait a minute; stream long answers.', true),
  queue_full: entry(429, s.resourceExhausted, 'All workers are busy and the queue is full.', 'Wait as long as `Retry-After` says.', true),
  headers_too_large: entry(431, s.invalidArgument, 'The headers are larger than the limit.', 'Send fewer or shorter headers.'),
  client_closed: entry(499, s.cancelled, 'The client left before the answer ended.', 'Nothing: this code is only counted.'),
  internal_error: entry(500, s.internal, 'Something broke on our side.', 'Try again; if it stays, tell the operator the request id.', true),
  worker_failed: entry(502, s.unavailable, 'The worker failed while it answered.', 'Try again.', true),
  worker_invalid: entry(502, s.unavailable, 'The worker answered something that is not valid.', 'Try again; if it stays, tell the operator.', true),
  no_worker: entry(503, s.unavailable, 'No worker of this model is reachable.', 'Try again in a moment.', true),
  draining: entry(503, s.unavailable, 'This instance is stopping.', 'Try again; another instance answers.', true),
  cannot_meter: entry(503, s.unavailable, 'Usage cannot be recorded right now, so nothing is served.', 'Try again in a moment.', true),
  directory_stale: entry(503, s.unavailable, 'Keys cannot be checked right now.', 'Try again in a moment.', true),
  overloaded: entry(503, s.unavailable, 'Too many requests are running.', 'Try again in a moment.', true),
  unavailable: entry(503, s.unavailable, 'A part of the system that this needs does not answer.', 'Try again in a moment.', true),
  first_byte_timeout: entry(504, s.deadlineExceeded, 'The worker did not begin its answer in time.', 'Try again.', true),
  idle_timeout: entry(504, s.deadlineExceeded, 'The worker stopped in the middle of its answer.', 'Try again.', true),
  record_refused: entry(0, s.failedPrecondition, 'The sealed record does not open.', 'It was changed, moved, or its key is gone.'),
  dek_unknown: entry(0, s.notFound, 'The account has no such data key.', 'Create one, or accept that it was shredded.'),
  epoch_past: entry(0, s.failedPrecondition, 'The conversation has expired, or its expiry is too far ahead.', 'Start a new conversation.'),
  batch_too_large: entry(0, s.resourceExhausted, 'The batch is larger than the limit.', 'Split it.'),
  fenced: entry(0, s.aborted, 'The epoch of this edge has ended.', 'Start a new epoch.'),
  stale_version: entry(0, s.aborted, 'A newer version is known.', 'Read it, then decide.'),
} as const satisfies Record<string, ErrorEntry>;

/** A code that callers tell errors apart by. */
export type ErrorCode = keyof typeof errorCatalogue;

/** Whether a string that came over the wire is one of our codes. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
