import type { UsageWriter } from '../usage/usage-writer.ts';
import type { LedgerHandler } from './handler.ts';

/** Charges the dead letters that can be charged by now. */
export function createRetryDeadLetters(writer: UsageWriter): LedgerHandler<'RetryDeadLetters'> {
  return async () => writer.retryDeadLetters();
}
