import { accessSync, constants } from 'node:fs';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../identifiers.ts';
import type { MailCarrier } from './mail.ts';

/** Mails in the folder die this long after they were written: their links have ended, and they hold addresses. */
export const outboxMsMax = 60 * 60_000;

/**
 * An outbox for one machine: each mail becomes `<id>.json` (0600) with `to`, `subject` and `text`, to be read by
 * the person themselves. Throws an `Error` that names the variable when the folder cannot be written.
 */
export function openFileOutbox(folder: string): MailCarrier {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new Error('TACET_ACCOUNT_MAIL_DIR: the folder cannot be written', { cause: error });
  }
  return {
    deliver: async ({ to, subject, text }) => {
      const file = join(folder, `${newId()}.json`);
      await writeFile(`${file}.new`, `${JSON.stringify({ to, subject, text }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
      await rename(`${file}.new`, file);
    },
    sweep: async (nowMs) => {
      for (const name of await readdir(folder)) {
        if (!/^[0-9a-f-]{36}\.json(\.new)?$/.test(name)) continue;
        const file = join(folder, name);
        // Another replica may have deleted it meanwhile.
        const written = await stat(file).catch(() => undefined);
        if (written && written.mtimeMs + outboxMsMax < nowMs) await rm(file, { force: true });
      }
    },
    close: () => undefined,
  };
}
