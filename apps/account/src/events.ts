import type { Log } from '@tacet/service';
import type { AccountMetrics } from './metrics.ts';
import type { MailKind } from './mail/mail.ts';

/** How a chat turn ended. */
export type TurnOutcome = 'complete' | 'cut' | 'client_left' | 'refused' | 'unsealed';

/** Everything that this process reports, as log lines and counts. No ids of people, no addresses, no content. */
export interface AccountEvents {
  listening(door: 'public' | 'rpc', port: number): void;
  requestAnswered(route: string, status: number, ms: number): void;
  /** A request met an error that is not a `TacetError`. */
  requestFailed(route: string, requestId: string, error: unknown): void;
  /** A request met a database that was away or used up, and was told to come again. */
  databaseAway(route: string, error: unknown): void;
  /** An answer broke after its headers were sent. */
  answerBroke(route: string, error: unknown): void;
  rpcFailed(rpc: string, error: unknown): void;
  mailSent(kind: MailKind): void;
  mailFailed(kind: MailKind, error: unknown): void;
  taskFailed(name: string, error: unknown): void;
  accountOpened(): void;
  /** A sealed record did not open: it was changed or moved, or its key is gone. */
  recordRefused(kind: 'message' | 'title', count: number): void;
  turnEnded(outcome: TurnOutcome): void;
  /** The answer of a turn could not be sealed and is lost. */
  answerLost(error: unknown): void;
  directoryStale(error: unknown): void;
  deletionRequested(): void;
  deletionStep(step: string): void;
  deletionStepFailed(step: string, attempt: number, error: unknown): void;
  deletionFinished(): void;
}

/** Makes the events of the process. */
export function createEvents(log: Log, metrics: AccountMetrics): AccountEvents {
  return {
    listening: (door, port) => log.info('listening', { door, port }),
    requestAnswered: (route, status, ms) => {
      metrics.requests.inc({ route, status: String(status) });
      metrics.requestSeconds.observe({ route }, ms / 1_000);
    },
    requestFailed: (route, requestId, error) => log.error('request_failed', { route, request_id: requestId, error }),
    databaseAway: (route, error) => log.warn('database_away', { route, error }),
    answerBroke: (route, error) => log.warn('answer_broke', { route, error }),
    rpcFailed: (rpc, error) => log.error('rpc_failed', { rpc, error }),
    mailSent: (kind) => {
      metrics.mails.inc({ kind, outcome: 'sent' });
      log.info('mail_sent', { kind });
    },
    mailFailed: (kind, error) => {
      metrics.mails.inc({ kind, outcome: 'failed' });
      log.error('mail_failed', { kind, error });
    },
    taskFailed: (name, error) => {
      metrics.taskFailures.inc({ task: name });
      log.error('task_failed', { name, error });
    },
    accountOpened: () => log.info('account_opened'),
    recordRefused: (kind, count) => {
      metrics.recordsRefused.inc({ kind }, count);
      log.error('record_refused', { kind, count });
    },
    turnEnded: (outcome) => metrics.turns.inc({ outcome }),
    answerLost: (error) => log.error('answer_lost', { error }),
    directoryStale: (error) => log.error('directory_stale', { error }),
    deletionRequested: () => log.info('deletion_requested'),
    deletionStep: (step) => log.info('deletion_step', { step }),
    deletionStepFailed: (step, attempt, error) => {
      metrics.taskFailures.inc({ task: 'deletion' });
      log.error('deletion_step_failed', { step, attempt, error });
    },
    deletionFinished: () => {
      metrics.deletions.inc();
      log.info('deletion_finished');
    },
  };
}
