/**
 * Where wrapped epoch secrets are kept: in no backup, and the same for all replicas. Both kinds pass one contract suite
 * (tests/epoch-store-contract.ts).
 */
export interface EpochStore {
  /** The wrapped secret; undefined: there is none. */
  read(epoch: number): Promise<Buffer | undefined>;
  /** Writes the secret of an epoch that has none; false: another writer was faster, and its secret is the one. */
  create(epoch: number, wrapped: Uint8Array): Promise<boolean>;
  /** Replaces a wrapped secret at once. */
  replace(epoch: number, wrapped: Uint8Array): Promise<void>;
  /** Destroys a secret; false when there is none. */
  destroy(epoch: number): Promise<boolean>;
  /** The epochs that have a secret, in order. */
  list(): Promise<readonly number[]>;
  /** Removes what killed processes left half written. `nowMs` by the real clock. */
  removeUnfinished(nowMs: number): Promise<void>;
  close(): Promise<void>;
}
