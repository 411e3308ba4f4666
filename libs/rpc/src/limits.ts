/** Largest gRPC message, in bytes: 4 MiB of records and their framing. Named in the READMEs of the servers. */
export const messageBytesMax = 5 * 1024 * 1024;

/** Deadline of a unary call that names none, in milliseconds. */
export const callDeadlineMs = 5_000;

/** After so many messages of a server stream the event loop is given back, whether or not its handler waits for anything. */
export const messagesPerTurn = 16;
