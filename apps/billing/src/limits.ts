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

/** Months that the sums of closed periods are kept. */
export const periodMonthsKept = 13;

/** Days that are kept: usage per request, dead letters; and how far ahead partitions are made. */
export const usageDaysKept = 90;
export const deadLetterDaysKept = 7;
export const usageDaysAhead = 3;

/** A call to Stripe, and how often the library tries it again. */
export const stripeCallMs = 10_000;
export const stripeRetriesMax = 1;

/** Least and largest purchase, nano-USD: 1 and 10,000 USD. */
export const topUpNanoMin = 1_000_000_000n;
export const topUpNanoMax = 10_000_000_000_000n;

/** Most that auto top-up may be allowed in a month, nano-USD: 100,000 USD. */
export const topUpMonthNanoMax = 100_000_000_000_000n;

/** Characters of an address that Stripe sends the browser to. */
export const returnUrlCharactersMax = 2_048;

/** The webhook's listener: body of a delivery, time for it, connections at once, and how old a signature may be. */
export const webhookBodyBytesMax = 1_048_576;
export const webhookRequestMs = 10_000;
export const webhookConnectionsMax = 256;
export const webhookToleranceSeconds = 300;

/** How often there is a look for payments when nothing wakes it, and how many events are read at once. */
export const paymentsEveryMs = 2_000;
export const paymentEventsPerRunMax = 50;

/** Longest wait before an event that failed is tried again. */
export const paymentAttemptMsMax = 3_600_000;

/** Days that events of Stripe are kept after they were looked at. */
export const paymentEventDaysKept = 30;

/** Auto top-ups that one run begins, and repeats. */
export const autoTopUpsPerRunMax = 100;

/** How long a call to Stripe may be repeated with its key: Stripe forgets keys after 24 hours. */
export const callRepeatableMs = 72_000_000;

/** Comparison with Stripe: how often, how far back, how young it leaves what may still be on its way, and how many movements it reads. */
export const paymentCheckEveryMs = 3_600_000;
export const paymentCheckBackMs = 259_200_000;
export const paymentSettleMs = 900_000;
export const movementsPerCheckMax = 20_000;
