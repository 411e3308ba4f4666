import { decodeRecord, type UsageRecord } from '@tacet/usage';

/** The fields of a dead letter; undefined for a form that is not known here. */
export function readDeadLetter(bytes: Buffer): UsageRecord | undefined {
  try {
    return decodeRecord(bytes);
  } catch {
    return undefined;
  }
}
