import type { Log } from '@tacet/service';
import type { DeadLetterReason } from './usage/apply-usage.ts';

/** Everything that billing writes into its log. */
export type Events = ReturnType<typeof createEvents>;

/** One function per event. No ids of accounts, keys or requests; edges are ours and may be named. */
export function createEvents(log: Log) {
  return {
    rpcListening: (port: number) => log.info('rpc_listening', { port, door: 'rpc' }),
    rpcFailed: (rpc: string, error: unknown) => log.error('rpc_failed', { rpc, error }),
    edgeOpened: (edgeId: string, epoch: number) => log.info('edge_session_opened', { edge_id: edgeId, epoch }),
    edgeFenced: (edgeId: string, epoch: number, rpc: string) => log.warn('edge_fenced', { edge_id: edgeId, epoch, rpc }),
    edgeReleased: (edgeId: string, epoch: number) => log.warn('edge_released', { edge_id: edgeId, epoch }),
    recordsCorrupt: (count: number) => log.error('records_corrupt', { count }),
    recordRefused: (error: unknown) => log.error('record_refused', { error }),
    deadLetters: (reasons: readonly DeadLetterReason[]) =>
      log.error('dead_letters', { count: reasons.length, reason: [...new Set(reasons)].join(' ') }),
    loss: (kind: 'late' | 'bound') => log.error('loss', { kind }),
    leasesFailed: (count: number, error: unknown) => log.error('leases_failed', { count, error }),
    consumerStarted: () => log.info('consumer_started'),
    consumerFailed: (error: unknown) => log.warn('consumer_failed', { error }),
    consumerSought: (partition: number, reason: string) => log.info('consumer_sought', { partition, reason }),
    applyFailed: (partition: number, attempt: number, error: unknown) => log.error('apply_failed', { partition, attempt, error }),
    kafkaUnreachable: (error: unknown) => log.warn('kafka_unreachable', { error }),
    reconcileFailed: (step: string, error: unknown) => log.error('reconcile_failed', { step, error }),
    invariantBroken: (invariant: number, count: number) => log.error('invariant_broken', { invariant, count }),
    periodsClosed: (count: number) => log.info('periods_closed', { count }),
    webhookListening: (port: number) => log.info('webhook_listening', { port, door: 'webhook' }),
    webhookFailed: (error: unknown) => log.error('webhook_failed', { error }),
    paymentsFailed: (step: string, error: unknown) => log.warn('payments_failed', { step, error }),
    paymentEventFailed: (kind: string, attempt: number, error: unknown) => log.warn('payment_event_failed', { kind, attempt, error }),
    paymentQuarantined: (kind: string, reason: string) => log.error('payment_quarantined', { kind, reason }),
    paymentSentBack: () => log.warn('payment_sent_back'),
    paymentsDiffer: (count: number) => log.error('payments_differ', { count }),
    pricesApplied: (count: number) => log.info('prices_applied', { count }),
  };
}
