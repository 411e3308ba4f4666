import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@tacet/testing';
import { Reporter } from './reporter.ts';
import { listMails, showMail } from './show-mail.ts';

test('a mail that comes is shown with its link, an old one is not, and nothing in it moves the cursor', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-mail-'));
  const mail = (name: string, to: string) => writeFileSync(join(folder, `${name}.json`), JSON.stringify({ to, subject: 'Confirm your address', text: 'Open\n\nhttp://127.0.0.1:1/verify#token=abc\n\nIf' }));
  mail('1', 'old@example.test');
  let text = '';
  const controller = new AbortController();
  const showing = showMail(folder, await listMails(folder), new Reporter({ write: (part) => void (text += part), interactive: false, colours: false }), controller.signal);
  mail('2', 'ada\u001b[2J@example.test');
  try {
    await eventually('the mail is shown', () => text.includes('ada'));
  } finally {
    controller.abort();
    await showing;
  }
  expect(text).toBe('  Mail to ada[2J@example.test: Confirm your address\n    http://127.0.0.1:1/verify#token=abc\n');
  rmSync(folder, { recursive: true });
});
