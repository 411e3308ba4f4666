// Original file: proto/tacet/directory/v1/directory.proto

export const KeyState = {
  KEY_STATE_UNKNOWN: 'KEY_STATE_UNKNOWN',
  KEY_STATE_ACTIVE: 'KEY_STATE_ACTIVE',
  KEY_STATE_REVOKED: 'KEY_STATE_REVOKED',
  KEY_STATE_EXPIRED: 'KEY_STATE_EXPIRED',
  /**
   * The account is suspended.
   */
  KEY_STATE_SUSPENDED: 'KEY_STATE_SUSPENDED',
} as const;

export type KeyState =
  | 'KEY_STATE_UNKNOWN'
  | 0
  | 'KEY_STATE_ACTIVE'
  | 1
  | 'KEY_STATE_REVOKED'
  | 2
  | 'KEY_STATE_EXPIRED'
  | 3
  /**
   * The account is suspended.
   */
  | 'KEY_STATE_SUSPENDED'
  | 4

export type KeyState__Output = typeof KeyState[keyof typeof KeyState]
