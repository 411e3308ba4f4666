import { v5 } from 'uuid';
import type { PaymentKind } from '../stripe/payment-kind.ts';

/** Namespace of all derived ids of the ledger; never changes. */
const namespace = '5f1d1c5e-6d3b-5b7e-9a51-6f0f2e3c8a10';

/**
 * The id of the transfer that stands for something, derived from what it stands for (UUIDv5, RFC 9562 §5.5): the same
 * thing is the same transfer, however often it is attempted.
 */
export function transferId(
  kind: 'grant' | 'correction' | 'usage' | 'loss_late' | 'loss_bound' | 'loss_deleted' | PaymentKind,
  ...of: readonly string[]
): string {
  return v5([kind, ...of].join(' '), namespace);
}
