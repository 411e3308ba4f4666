import { closeSync, fdatasync, fdatasyncSync, fstatSync, fsyncSync, openSync, readdirSync, readSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** One preallocated file of the spool. Offsets and lengths in bytes. */
export interface SpoolFile {
  readonly size: number;
  /** Writes `bytes[from .. to)` at `position`, into the page cache: it survives the process, not the power. */
  write(bytes: Buffer, from: number, to: number, position: number): void;
  /** Fills `target` from `position`; what lies behind the end stays as it is. */
  read(target: Buffer, position: number): void;
  /** Resolves when all that was written before is on the disk. */
  sync(): Promise<void>;
  /** The same, blocking: for the start alone. */
  syncNow(): void;
  close(): void;
}

/**
 * The file operations of the spool, an argument of everything that uses them: tests give files that forget
 * what was not synced. All throw what the system throws.
 */
export interface SpoolFiles {
  list(): string[];
  /** Opens an existing file. */
  open(name: string): SpoolFile;
  /** Makes a zero-filled file that appears whole and synced, or not at all. Blocks. */
  create(name: string, size: number): SpoolFile;
  /** The same without blocking. */
  prepare(name: string, size: number): Promise<SpoolFile>;
  /** Replaces `to`, durably. */
  rename(from: string, to: string): void;
  remove(name: string): void;
}

const zeros = Buffer.alloc(1024 * 1024);
/** Files under these names are not whole yet; one suffix for each way, since both may be under way at once. */
const unfinishedSuffix = '.unfinished';
const preparingSuffix = '.preparing';

/** The real files of a folder. */
export function spoolFolder(folder: string): SpoolFiles {
  const place = (name: string) => join(folder, name);
  const rename = (from: string, to: string) => {
    renameSync(place(from), place(to));
    syncFolder(folder);
  };
  const finish = (name: string, suffix: string) => {
    rename(name + suffix, name);
    return openFile(place(name));
  };
  return {
    list: () => readdirSync(folder).filter((name) => !name.endsWith(unfinishedSuffix) && !name.endsWith(preparingSuffix)),
    open: (name) => openFile(place(name)),
    create: (name, size) => {
      const descriptor = openSync(place(name + unfinishedSuffix), 'w', 0o600);
      for (let at = 0; at < size; at += zeros.length) writeSync(descriptor, zeros, 0, Math.min(zeros.length, size - at), at);
      fsyncSync(descriptor);
      closeSync(descriptor);
      return finish(name, unfinishedSuffix);
    },
    prepare: async (name, size) => {
      const handle = await open(place(name + preparingSuffix), 'w', 0o600);
      try {
        for (let at = 0; at < size; at += zeros.length) await handle.write(zeros, 0, Math.min(zeros.length, size - at), at);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return finish(name, preparingSuffix);
    },
    rename,
    remove: (name) => unlinkSync(place(name)),
  };
}

function openFile(path: string): SpoolFile {
  const descriptor = openSync(path, 'r+');
  return {
    size: fstatSync(descriptor).size,
    write: (bytes, from, to, position) => {
      // A full disk can cut a write short without an error.
      if (writeSync(descriptor, bytes, from, to - from, position) !== to - from) throw new Error('the spool could not be written in full');
    },
    read: (target, position) => void readSync(descriptor, target, 0, target.length, position),
    sync: () => new Promise((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve()))),
    syncNow: () => fdatasyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}

/** Makes names durable. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
