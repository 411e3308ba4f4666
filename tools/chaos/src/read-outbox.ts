import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeRecord, recordBytes, type UsageRecord } from '@tacet/usage';

/** Layout: libs/usage/README.md. */
const headerBytes = 4_096;
const chunkRecords = 4_096;

/** All intact records that an edge's spool holds, in the order in which they were appended; read while the edge may be running. */
export async function readOutbox(spoolFolder: string): Promise<UsageRecord[]> {
  const records: UsageRecord[] = [];
  const names = (await readdir(spoolFolder)).filter((name) => /^outbox-\d{10}$/.test(name)).sort();
  for (const name of names) await readSegment(join(spoolFolder, name), records);
  return records;
}

async function readSegment(path: string, records: UsageRecord[]): Promise<void> {
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(chunkRecords * recordBytes);
    for (let position = headerBytes; ; position += chunk.length) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
      const before = records.length;
      for (let at = 0; at + recordBytes <= bytesRead; at += recordBytes) addRecord(chunk.subarray(at, at + recordBytes), records);
      if (records.length === before) return;
    }
  } finally {
    await file.close();
  }
}

function addRecord(bytes: Buffer, records: UsageRecord[]): void {
  // What is zero is not written yet.
  if (bytes[0] === 0) return;
  try {
    // Decoded ids may point into the buffer that the next chunk overwrites.
    records.push(decodeRecord(Buffer.from(bytes)));
  } catch {
    // Damaged: it shows as a gap, as it does in billing.
  }
}
