import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Quarry } from './encodings.ts';
import { scanBytes, type Finding } from './scan-bytes.ts';

export interface FolderScanOptions {
  /** Files that were last changed before this are left out; all are read unless given. UTC milliseconds. */
  readonly sinceMs?: number;
  /** Whether a path below the folder is looked at; everything is unless given. */
  readonly accept?: (path: string) => boolean;
}

/** What is in memory of a file at a time, and how much of it is read twice so that nothing is cut in two. */
const chunkBytes = 16_777_216;
const overlapBytes = 1_048_576;

/**
 * Every canary in the files of a folder, and in their names. A file that goes while it is read is gone; one that cannot
 * be read is an error, since a scan that skips is no scan.
 */
export async function scanFolder(folder: string, quarry: Quarry, options: FolderScanOptions = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const path of filesOf(folder, options.accept ?? (() => true))) {
    findings.push(...scanBytes(Buffer.from(path), quarry, `${path} (its name)`));
    findings.push(...(await ignoreGone(() => scanFile(path, quarry, options.sinceMs ?? 0))) ?? []);
  }
  return findings;
}

async function* filesOf(folder: string, accept: (path: string) => boolean): AsyncGenerator<string> {
  const entries = (await ignoreGone(() => readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (!accept(path)) continue;
    if (entry.isDirectory()) yield* filesOf(path, accept);
    else if (entry.isFile()) yield path;
  }
}

async function scanFile(path: string, quarry: Quarry, sinceMs: number): Promise<Finding[]> {
  if (sinceMs > 0 && (await stat(path)).mtimeMs < sinceMs) return [];
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const findings: Finding[] = [];
    for (let start = 0; start === 0 || start < size; start += chunkBytes) {
      const buffer = Buffer.alloc(Math.min(size - start, chunkBytes + overlapBytes));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
      findings.push(...scanBytes(buffer.subarray(0, bytesRead), quarry, path));
    }
    return findings;
  } finally {
    await file.close();
  }
}

async function ignoreGone<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
