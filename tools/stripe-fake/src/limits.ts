/** Bytes of a request body; over it the answer is 413. */
export const bodyBytesMax = 1_048_576;
/** Parameters of one request, and how deep they nest. */
export const parametersMax = 1_000;
export const parameterDepthMax = 8;
/** Requests kept for `requests()`; the oldest go first. */
export const recordedRequestsMax = 10_000;
/** Bytes of recorded bodies together; the oldest requests go first. */
export const recordedBytesMax = 64 * 1024 * 1024;
/** Objects of one kind; over it requests that create more fail. Events over it go, oldest first. */
export const objectsMax = 200_000;
/** Answers kept for `Idempotency-Key`; the oldest go first, as do those older than `idempotencyKeptSeconds`. */
export const idempotentAnswersMax = 100_000;
/** Stripe forgets a key after a day. */
export const idempotencyKeptSeconds = 86_400;
/** Characters of an `Idempotency-Key`. */
export const idempotencyKeyCharactersMax = 255;
/** Objects on one page of a list. */
export const pageMax = 100;
/** Levels of one `expand`. */
export const expandDepthMax = 4;
/** Attempts kept for `deliveries()`; the oldest go first. */
export const recordedDeliveriesMax = 50_000;
/** Bytes of an endpoint's answer that are read before the connection is cut. */
export const endpointAnswerBytesMax = 65_536;
/** Times that the delivery settings may repeat an event. */
export const repeatsMax = 100;
/** Faults of the API that may wait to happen. */
export const faultsMax = 1_000;
/** Idle time after which a kept connection is closed, in milliseconds. */
export const keepAliveMs = 75_000;
