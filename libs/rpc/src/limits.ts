/** Largest gRPC message, in bytes: 4 MiB of records and their framing. Named in the READMEs of the servers. */
export const messageBytesMax = 5 * 1024 * 1024;

/** Deadline of a unary call that names none, in milliseconds. */
export const callDeadlineMs = 5_000;
