import { hash } from 'node:crypto';
import { partitionCount } from './record.ts';

/** The sequence that an account's records go to, at every edge: `u32be(SHA-256(account_id)[0:4]) mod 12`. */
export function partitionOf(accountId: Uint8Array): number {
  return hash('sha256', accountId, 'buffer').readUInt32BE(0) % partitionCount;
}
