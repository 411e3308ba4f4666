import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { SMTPServer } from 'smtp-server';
import { password, startAccount, type AccountUnderTest } from './support/account-under-test.ts';

let account: AccountUnderTest;
let server: SMTPServer;
const mails: { from: string; to: string[]; text: string }[] = [];
let refusals = 0;

beforeAll(async () => {
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, session, callback) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        if (refusals-- > 0) return callback(new Error('try again'));
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), text });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  account = await startAccount();
  const file = join(account.paths.secrets, 'smtp.url');
  writeFileSync(file, `smtp://127.0.0.1:${port}\n`, { mode: 0o600 });
  await account.process.stop();
  const { TACET_ACCOUNT_MAIL_DIR: _folder, ...environment } = account.process.environment;
  Object.assign(account, {
    process: await restartWith({ ...environment, TACET_ACCOUNT_SMTP_URL_FILE: file, TACET_ACCOUNT_MAIL_FROM: 'tacet@example.test' }),
  });
}, 60_000);
afterAll(async () => {
  await account.process.stop();
  await account.stop();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

async function restartWith(environment: Readonly<Record<string, string>>) {
  const { startProcess } = await import('@tacet/constellation');
  const process = await startProcess('account', environment, { folder: account.paths.folder, workingFolder: account.paths.folder });
  await process.waitUntilReady();
  return process;
}

test('mail goes out by SMTP, from the configured sender, as plain text', async () => {
  await account.browser().post('/api/signup', { email: 'somebody@example.test', password });
  const mail = await eventually('the mail', () => mails.find(({ to }) => to[0] === 'somebody@example.test'));
  expect(mail.from).toBe('tacet@example.test');
  expect(mail.text).toMatch(/^From: tacet@example\.test\r?$/m);
  expect(mail.text).toMatch(/^Content-Type: text\/plain/m);
  expect(mail.text.replaceAll(/=\r?\n/g, '')).toMatch(/\/verify#token=/);
});

test('a mail that is refused is tried again, and the log names no address', async () => {
  refusals = 2;
  await account.browser().post('/api/signup', { email: 'later@example.test', password });
  await eventually('the mail', () => mails.find(({ to }) => to[0] === 'later@example.test'), 20_000);
  const log = await account.log();
  expect(log).toContain('"mail_sent"');
  expect(log).not.toContain('example.test');
}, 30_000);

test('a mail that three attempts do not deliver is given up and reported', async () => {
  refusals = 3;
  await account.browser().post('/api/signup', { email: 'never@example.test', password });
  await eventually('the report', async () => (await account.log()).includes('"mail_failed"'), 20_000);
  expect(await account.log()).not.toContain('example.test');
}, 30_000);
