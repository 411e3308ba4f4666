/** Bytes of a request body; over it the answer is 413. */
export const bodyBytesMax = 64 * 1024 * 1024;
/** Receipts kept; the oldest go first. The totals count all of them for ever. */
export const receiptsMax = 100_000;
/** Requests recorded with `record: true`; the oldest go first. */
export const recordedRequestsMax = 1_000;
/** Bytes of recorded bodies together; the oldest requests go first. */
export const recordedBytesMax = 128 * 1024 * 1024;
/** Choices of one request (`n`, or `n` times the prompts). */
export const choicesMax = 128;
/** Chunks written in one turn of the event loop by an answer without a rate. */
export const chunksPerTurnMax = 64;
/** Idle time after which a kept connection is closed, in milliseconds. */
export const keepAliveMs = 75_000;
