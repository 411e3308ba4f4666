/** Most records a call of Seal or Open may carry; more is `batch_too_large`. */
export const recordsMax = 1_000;

/** Largest plaintext of one record, in bytes. */
export const plaintextBytesMax = 1_048_576;

/** Largest sum of plaintexts of one call, in bytes. gRPC's own limit leaves a mebibyte for the framing. */
export const batchBytesMax = 4 * 1_048_576;

/** By what a sealed record can be longer than its plaintext: header 56, tag 16, padding 256. */
export const recordOverheadBytesMax = 56 + 16 + 256;

/** After so many records or DEKs the event loop is given back: a batch must not delay a single record by more. */
export const recordsPerTurn = 25;

/** Unwrapped DEKs that are kept, in all; the longest unused goes first. */
export const cachedDeksMax = 20_000;

/** Versions that one account's DEK may have. */
export const dekVersionsMax = 1_000;

/** DEKs that are rewrapped in one transaction. */
export const rewrapBatchSize = 1_000;

/** Connections to the keystore. */
export const connectionsMax = 10;

/** How long a call of ShredAccount waits for a partition's lock, and how often it tries. */
export const eraseLockMs = 500;
export const eraseAttemptsMax = 3;

/** How long running calls may take when the process stops, in milliseconds. */
export const stopGraceMs = 5_000;
