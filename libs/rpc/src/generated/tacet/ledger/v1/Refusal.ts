// Original file: proto/tacet/ledger/v1/ledger.proto

/**
 * Why a lease was granted less than its target.
 */
export const Refusal = {
  /**
   * It was granted in full.
   */
  REFUSAL_NONE: 'REFUSAL_NONE',
  /**
   * The account does not have it.
   */
  REFUSAL_INSUFFICIENT_BALANCE: 'REFUSAL_INSUFFICIENT_BALANCE',
  /**
   * The key's spend limit is reached.
   */
  REFUSAL_KEY_LIMIT: 'REFUSAL_KEY_LIMIT',
  /**
   * The account has it, but leases of other requests hold it now.
   */
  REFUSAL_IN_FLIGHT: 'REFUSAL_IN_FLIGHT',
  REFUSAL_SUSPENDED: 'REFUSAL_SUSPENDED',
  /**
   * No such account, or one that is being deleted.
   */
  REFUSAL_UNKNOWN_ACCOUNT: 'REFUSAL_UNKNOWN_ACCOUNT',
} as const;

/**
 * Why a lease was granted less than its target.
 */
export type Refusal =
  /**
   * It was granted in full.
   */
  | 'REFUSAL_NONE'
  | 0
  /**
   * The account does not have it.
   */
  | 'REFUSAL_INSUFFICIENT_BALANCE'
  | 1
  /**
   * The key's spend limit is reached.
   */
  | 'REFUSAL_KEY_LIMIT'
  | 2
  /**
   * The account has it, but leases of other requests hold it now.
   */
  | 'REFUSAL_IN_FLIGHT'
  | 3
  | 'REFUSAL_SUSPENDED'
  | 4
  /**
   * No such account, or one that is being deleted.
   */
  | 'REFUSAL_UNKNOWN_ACCOUNT'
  | 5

/**
 * Why a lease was granted less than its target.
 */
export type Refusal__Output = typeof Refusal[keyof typeof Refusal]
