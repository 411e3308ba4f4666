import { chargesFollowRecords } from './charges-follow-records.ts';
import { heldIsLeased } from './held-is-leased.ts';
import type { Invariant } from './invariant.ts';
import { ledgerSumsToZero } from './ledger-sums-to-zero.ts';
import { nobodyOverspends } from './nobody-overspends.ts';
import { postedIsExplained } from './posted-is-explained.ts';

/** All invariants that the books themselves can show, by number. */
export const invariants: readonly Invariant[] = [postedIsExplained, ledgerSumsToZero, chargesFollowRecords, heldIsLeased, nobodyOverspends];
