/** One mail, plain text alone. */
export interface Mail {
  /** What it is for: a constant, which logs and metrics may tell. */
  readonly kind: MailKind;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export type MailKind = 'verify' | 'already_registered' | 'deleting' | 'reset';

/** Hands a mail over to whatever carries it. Throws when it was not taken. */
export interface MailCarrier {
  deliver(mail: Mail): Promise<void>;
  /** Deletes what the carrier itself has kept for too long. */
  sweep(nowMs: number): Promise<void>;
  close(): void;
}
