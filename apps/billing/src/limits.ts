/** Limits of billing; README.md has a line for each. */

/** Connections to Postgres of one process: leases, consumers, reconciler, lists and all other calls. */
export const connectionsMax = 16;

/** Records that one transaction applies; a larger batch is cut. */
export const recordsPerTransactionMax = 2_000;

/** Records, and totals, of one AppendUsage. */
export const recordsPerCallMax = 4_096;
export const totalsPerCallMax = 4_096;

/** Leases of one heartbeat. */
export const leasesPerHeartbeatMax = 20_000;

/** SetLease calls that one commit carries. */
export const leasesPerCommitMax = 1_024;

/** SetLease calls that wait for a commit; more are refused with `overloaded`. */
export const leasesWaitingMax = 50_000;

/** Folded epochs that an answer lists, the newest ones. */
export const foldedEpochsListedMax = 1_024;

/** Models of one ApplyPrices. */
export const modelsMax = 10_000;

/** The dearest that one credit, overdraft, charge or reservation can be, nano-USD: a million USD. */
export const amountNanoMax = 1_000_000_000_000_000n;

/** Largest rate of a price, pico-USD per token: a million USD per million tokens. */
export const pricePicoMax = 1_000_000_000_000n;

/** Largest count of one kind in a no-log total. */
export const totalTokensMax = 1_000_000_000_000_000n;

/** Rows that the reconciler handles in one transaction. */
export const rowsPerTransactionMax = 1_000;

/** Days that are kept: usage per request, dead letters; and how far ahead partitions are made. */
export const usageDaysKept = 90;
export const deadLetterDaysKept = 7;
export const usageDaysAhead = 3;
