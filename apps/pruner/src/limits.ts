/** Rows that one transaction deletes, at most; fewer while batches take longer than `batchMsMax`. */
export const batchRowsMax = 1_000;

/** A batch that takes longer is followed by a smaller one, in milliseconds. */
export const batchMsMax = 500;

/** The pause after a batch is this share of what it took, so that others get their turn … */
export const pauseShare = 0.25;

/** … and at most so long, in milliseconds. */
export const pauseMsMax = 250;

/** A table that lost so many rows since its last VACUUM gets one. */
export const vacuumRowsMin = 1_000;

/** Longest statement, in milliseconds; a batch that hits it is halved. */
export const statementMs = 60_000;

/** Longest VACUUM, in milliseconds. */
export const vacuumMsMax = 600_000;

/** How long key-service may take to destroy epochs, in milliseconds. */
export const destroyEpochsMs = 30_000;

/** Connections to the database: one for the sweep, one for VACUUM. */
export const connectionsMax = 2;
