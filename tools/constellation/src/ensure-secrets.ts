import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loginRoles, type LoginRole } from '@tacet/database';
import type { DeploymentPaths } from './deployment-paths.ts';

/** Passwords of the login roles of both instances and of their superusers. */
export interface DatabasePasswords {
  readonly superuser: string;
  readonly roles: Readonly<Record<LoginRole, string>>;
}

/** Makes the folders and secrets that are missing; what exists stays as it is. */
export async function ensureSecrets(paths: DeploymentPaths): Promise<void> {
  for (const folder of [paths.folder, paths.secrets, paths.peppers, paths.masterKeys, paths.epochs, paths.mail, paths.logs, join(paths.folder, 'spool')]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const secret = () => randomBytes(32).toString('hex');
  await writeOnce(paths.keyCheck, secret);
  await writeOnce(join(paths.peppers, 'pepper.1.key'), secret);
  await writeOnce(paths.receiptKey, () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trimEnd());
  await writeOnce(paths.databasePasswords, () => {
    const roles = [...loginRoles.main, ...loginRoles.keystore];
    return JSON.stringify({ superuser: secret(), roles: Object.fromEntries(roles.map((role) => [role, secret()])) } satisfies Record<keyof DatabasePasswords, unknown>);
  });
}

/** Reads the passwords that `ensureSecrets` made. */
export async function readDatabasePasswords(paths: DeploymentPaths): Promise<DatabasePasswords> {
  return JSON.parse(await readFile(paths.databasePasswords, 'utf8')) as DatabasePasswords;
}

/** Writes a file that its owner alone may read. */
export async function writeSecret(file: string, text: string): Promise<void> {
  await writeFile(file, `${text}\n`, { mode: 0o600 });
}

async function writeOnce(file: string, make: () => string): Promise<void> {
  if (existsSync(file)) return;
  // A file that a killed start left half written must not count as made.
  await writeSecret(`${file}.new`, make());
  await rename(`${file}.new`, file);
}
