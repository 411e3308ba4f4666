import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reporter } from './reporter.ts';

const pollMs = 1_000;
const charactersMax = 300;

/**
 * Shows the links of mails that account puts into its outbox, but those that are `known`: there is no mail server on one
 * machine, and whoever signs up looks here. Ends when `signal` is aborted.
 */
export async function showMail(folder: string, known: readonly string[], reporter: Reporter, signal: AbortSignal): Promise<void> {
  const shown = new Set(known);
  while (!signal.aborted) {
    try {
      await sleep(pollMs, undefined, { signal });
    } catch {
      return;
    }
    for (const name of await listMails(folder)) {
      if (shown.has(name)) continue;
      shown.add(name);
      const line = await describeMail(join(folder, name));
      if (line !== undefined) reporter.line(`  Mail to ${line}`);
    }
  }
}

/** The mails of an outbox, oldest first; none where there is no outbox yet. */
export async function listMails(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
}

/** Undefined when it was swept meanwhile. */
async function describeMail(file: string): Promise<string | undefined> {
  try {
    const { to, subject, text } = JSON.parse(await readFile(file, 'utf8')) as { to: string; subject: string; text: string };
    const link = /https?:\/\/\S+\/\S*#\S+/.exec(text)?.[0];
    return `${plain(`${to}: ${subject}`)}${link === undefined ? '' : `\n    ${plain(link)}`}`;
  } catch {
    return undefined;
  }
}

/** Whoever signs up chooses the address: nothing in it may move the cursor or fill the screen. */
function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, '').slice(0, charactersMax);
}
