/** Largest gRPC message, in bytes: 4 MiB of records and their framing. Named in the READMEs of the servers. */
export const messageBytesMax = 5 * 1024 * 1024;

/** Deadline of a unary call that names none, in milliseconds. */
export const callDeadlineMs = 5_000;

/** After so many messages of a server stream the event loop is given back, whether or not its handler waits for anything. */
export const messagesPerTurn = 16;

/**
 * How long a caller of a stream may leave unread what was sent, in milliseconds: as long as its connection may live. Node loses sight of
 * some callers that die while something is being sent to them (the write of their TLS connection never ends, whatever is closed), so
 * waiting without a limit would hold for ever what the handler holds: a cursor, and with it a connection to the database.
 */
export const drainMsMax = 360_000;
/** How long connections that were cut may take to be gone before a server counts as stopped, in milliseconds. */
export const cutMsMax = 1_000;
