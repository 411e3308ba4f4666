import { TacetError } from '@tacet/errors';

/** Largest page of a list over gRPC, and the one of a call that names none. */
export const rpcPageMax = 1_000;
const rpcPageDefault = 100;

/** The page size of a call: 1 to 1,000, 0 for 100. Throws `field_invalid`. */
export function readPageSize(pageSize: number): number {
  if (pageSize > rpcPageMax) throw new TacetError('field_invalid', { param: 'page_size', message: `page_size is at most ${rpcPageMax}.` });
  return pageSize === 0 ? rpcPageDefault : pageSize;
}
