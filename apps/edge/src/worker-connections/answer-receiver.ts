/** The headers of a worker's answer that mean anything here; '' where there is none. No other passes. */
export interface AnswerHeaders {
  contentType: string;
  contentEncoding: string;
  retryAfter: string;
}

/** What a worker answers, as it comes. After `onEnd` or `onFailure` nothing more is told. */
export interface AnswerReceiver {
  onHead(status: number, headers: AnswerHeaders): void;
  /** Bytes of the body; false = no more, the end included, until `resume`. The buffer is the receiver's, and may be written into. */
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  /** There was no connection, or it closed before the end, or what came was no answer. Never told before `send` has returned. */
  onFailure(): void;
}

/** An attempt under way. */
export interface Attempt {
  /** Ends it: the connection is closed, which aborts the request at the worker. Nothing is told after it. */
  abort(): void;
  resume(): void;
}
