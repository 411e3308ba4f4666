import type { Implementation } from '@tacet/rpc';

/** The implementation of one rpc of the Ledger. */
export type LedgerHandler<Rpc extends keyof Implementation<'Ledger'>> = Implementation<'Ledger'>[Rpc];
