/** A table whose rows go at their `expires_at`; rows without one stay. */
export interface ExpiringTable {
  /** In the schema `account`; also the label of its metrics. */
  readonly name: 'conversation' | 'session' | 'email_token' | 'receipt';
  readonly key: 'id' | 'hash' | 'token_hash';
  /** Which tables a VACUUM after it takes in: itself, and those that lose rows with it. */
  readonly vacuumed: readonly string[];
}

/** Ephemeral conversations first: for them there is a promise (24 h and 5 minutes). Their messages go with them. */
export const expiringTables: readonly ExpiringTable[] = [
  { name: 'conversation', key: 'id', vacuumed: ['account.message', 'account.conversation'] },
  { name: 'session', key: 'hash', vacuumed: ['account.session'] },
  { name: 'email_token', key: 'hash', vacuumed: ['account.email_token'] },
  { name: 'receipt', key: 'token_hash', vacuumed: ['account.receipt'] },
];
