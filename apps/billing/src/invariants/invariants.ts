import { chargesFollowRecords } from './charges-follow-records.ts';
import { heldIsLeased } from './held-is-leased.ts';
import { holdsEnd } from './holds-end.ts';
import type { Invariant } from './invariant.ts';
import { ledgerSumsToZero } from './ledger-sums-to-zero.ts';
import { noContent } from './no-content.ts';
import { nobodyOverspends } from './nobody-overspends.ts';
import { paymentsAreBooked } from './payments-are-booked.ts';
import { postedIsExplained } from './posted-is-explained.ts';
import { recordsHaveEffect } from './records-have-effect.ts';
import { replayGivesTheSame } from './replay-gives-the-same.ts';
import { tokensAreSettled } from './tokens-are-settled.ts';

/** All invariants of docs/money.md, each as far as the books themselves can show it, by number. */
export const invariants: readonly Invariant[] = [
  postedIsExplained,
  ledgerSumsToZero,
  chargesFollowRecords,
  heldIsLeased,
  nobodyOverspends,
  tokensAreSettled,
  recordsHaveEffect,
  paymentsAreBooked,
  replayGivesTheSame,
  holdsEnd,
  noContent,
];
