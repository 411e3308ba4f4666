/**
 * A disk that forgets what was not synced, for a process under `node --import 'file:///…/forgetful-disk.ts?shadow=FOLDER&hold=FILE'`.
 * Beside each file of the spool lies a shadow with what `fdatasync` has made durable; after `kill -9` the shadows are what the
 * disk has. While the file `hold` exists, no sync comes to its end. The product itself has no such switch.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';

const { searchParams } = new URL(import.meta.url);
const shadowFolder = searchParams.get('shadow');
const holdFile = searchParams.get('hold');
if (shadowFolder === null || holdFile === null) throw new Error('forgetful-disk needs ?shadow=FOLDER&hold=FILE');

interface Write {
  readonly bytes: Buffer;
  readonly position: number;
}

interface Watched {
  shadow: string;
  unsynced: Write[];
}

const watched = new Map<number, Watched>();
const real = { openSync: fs.openSync, writeSync: fs.writeSync, fdatasync: fs.fdatasync, fdatasyncSync: fs.fdatasyncSync, renameSync: fs.renameSync };
const shadowOf = (path: string) => join(shadowFolder, basename(path));
const isSpool = (path: string) => /^(outbox-|slots)/.test(basename(path));

function makeDurable({ shadow }: Watched, writes: readonly Write[]): void {
  const descriptor = real.openSync(shadow, 'r+');
  for (const { bytes, position } of writes) real.writeSync(descriptor, bytes, 0, bytes.length, position);
  fs.closeSync(descriptor);
}

fs.openSync = ((path: string, flags: string, mode?: number) => {
  const descriptor = real.openSync(path, flags, mode);
  if (flags === 'r+' && isSpool(path)) {
    fs.copyFileSync(path, shadowOf(path));
    watched.set(descriptor, { shadow: shadowOf(path), unsynced: [] });
  } else watched.delete(descriptor);
  return descriptor;
}) as typeof fs.openSync;

fs.writeSync = ((descriptor: number, bytes: Buffer, from: number, length: number, position: number) => {
  watched.get(descriptor)?.unsynced.push({ bytes: Buffer.from(bytes.subarray(from, from + length)), position });
  return real.writeSync(descriptor, bytes, from, length, position);
}) as typeof fs.writeSync;

fs.fdatasync = ((descriptor: number, callback: (error: NodeJS.ErrnoException | null) => void) => {
  const file = watched.get(descriptor);
  const writes = file?.unsynced.splice(0) ?? [];
  if (fs.existsSync(holdFile)) return;
  real.fdatasync(descriptor, (error) => {
    if (!error && file) makeDurable(file, writes);
    callback(error);
  });
}) as typeof fs.fdatasync;

fs.fdatasyncSync = (descriptor) => {
  real.fdatasyncSync(descriptor);
  const file = watched.get(descriptor);
  if (file) makeDurable(file, file.unsynced.splice(0));
};

fs.renameSync = (from, to) => {
  real.renameSync(from, to);
  const [before, after] = [shadowOf(String(from)), shadowOf(String(to))];
  if (!fs.existsSync(before)) return;
  real.renameSync(before, after);
  for (const file of watched.values()) if (file.shadow === before) file.shadow = after;
};

syncBuiltinESMExports();
