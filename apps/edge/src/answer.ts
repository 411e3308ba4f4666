import type { TacetError } from '@tacet/errors';

/** How a request goes on after its answer took bytes. */
export interface AnswerHost {
  /** The first event that the client gets is here: no other worker may be tried any more. */
  onFirstEvent(): void;
  /** The answer is complete and settled; the client has its last bytes, or has left. */
  onComplete(): void;
  /** The worker's answer is not what it should be. */
  onInvalid(code: 'worker_invalid' | 'worker_failed'): void;
  /** The money ends in the middle of the stream. */
  onExhausted(): void;
  /** Reading from the worker may go on. */
  onResume(): void;
  /** Usage that cannot be true, or none from a pool that should tell it. */
  onBadUsage(kind: 'hostile' | 'missing'): void;
}

/** An answer on its way to the client: as a stream, or as a whole. */
export interface Answer {
  /** Content type that the worker's answer must have. */
  readonly contentType: string;
  /** Whether anything generated has come: until then the worker may still be reading the prompt. */
  readonly hasBegun: boolean;
  /** Whether the client has a status already. */
  readonly isCommitted: boolean;
  /** Whether the client does not read as fast as the worker writes. */
  readonly isWaitingForClient: boolean;
  /** Bytes of the worker; false = no more until `onResume`. */
  take(chunk: Buffer): boolean;
  /** The worker's answer has ended. */
  takeEnd(): void;
  /** Ends the request for what was received until now, and tells the client why there is no more. */
  fail(error: TacetError, status: 'failed' | 'cut' | 'length'): void;
  /** The client has left: ends the request for what was received until now. */
  abandon(): void;
  /** Called now and then while nothing comes. */
  keepAlive(): void;
}
