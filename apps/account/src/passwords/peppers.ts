import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readSecretFile } from '@tacet/service';

/** One version of the pepper: a secret outside of the database, without which password hashes cannot be tried. */
export interface Pepper {
  readonly version: number;
  readonly key: Buffer;
}

/** All versions that hashes may still have been made with. */
export interface Peppers {
  /** The one that new hashes are made with. */
  readonly newest: Pepper;
  /** Undefined when that version's file is gone. */
  find(version: number): Pepper | undefined;
}

const variable = 'TACET_ACCOUNT_PEPPER_DIR';

/** Reads `pepper.<version>.key` (64 hex characters each) of a folder. Throws an `Error` that names the variable. */
export function readPeppers(folder: string): Peppers {
  const peppers = new Map<number, Pepper>();
  for (const name of listFolder(folder)) {
    const version = /^pepper\.([1-9]\d{0,8})\.key$/.exec(name)?.[1];
    if (version === undefined) continue;
    const text = readSecretFile(variable, join(folder, name));
    if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new Error(`${variable}: ${name} must hold 64 hex characters`);
    peppers.set(Number(version), { version: Number(version), key: Buffer.from(text, 'hex') });
  }
  const newest = peppers.get(Math.max(...peppers.keys()));
  if (!newest) throw new Error(`${variable}: there is no pepper.<version>.key`);
  return { newest, find: (version) => peppers.get(version) };
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Error(`${variable}: the folder cannot be read`, { cause: error });
  }
}
