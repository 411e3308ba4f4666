import { expect, test } from '@jest/globals';
import { transferId } from './transfer-id.ts';

test('an id follows from what it stands for, and never changes', () => {
  const account = '01920000-0000-7000-8000-000000000001';
  // Pinned: a transfer that was made by an earlier release must be found again.
  expect(transferId('usage', account, '2025-11-25')).toBe('1acdddbd-8a85-5bdb-b5c5-53a4a78cd643');
  expect(
    new Set([
      transferId('usage', account, '2025-11-25'),
      transferId('usage', account, '2025-11-26'),
      transferId('loss_late', account, '2025-11-25'),
      transferId('grant', account),
    ]).size,
  ).toBe(4);
});
