import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeSecret } from '@tacet/constellation';
import { eventually } from '@tacet/testing';
import { join } from 'node:path';
import { startAccount, tokenIn, type AccountUnderTest } from './support/account-under-test.ts';
import { eventsOf, type Browser } from './support/browser.ts';
import { dumpDatabase } from './support/dump-database.ts';
import { refuseWith, streamAnswer, streamThen } from './support/edge-stand-in.ts';

/*
 * Every field is filled with a random marker and sent through success and failure. Then everything that the process
 * prints, counts and stores is searched for them, as text and as it would look in hex and base64.
 */

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount({ TACET_LOG_LEVEL: 'debug' });
}, 60_000);
afterAll(() => account.stop());

const mark = () => `mark${randomBytes(12).toString('hex')}`;

/** The forms in which a marker could lie in a dump: text, bytea in hex, and base64 at three alignments. */
function formsOf(marker: string): readonly string[] {
  const bytes = Buffer.from(marker);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [marker, bytes.toString('hex'), Buffer.from(marker, 'utf16le').toString('hex'), ...base64];
}

const find = (where: string, marker: string) => formsOf(marker).filter((form) => where.includes(form));

const names = [
  'password',
  'wrongPassword',
  'newPassword',
  'title',
  'secondTitle',
  'ephemeralTitle',
  'message',
  'failed',
  'answer',
  'partial',
  'upstream',
] as const;
type Marks = Readonly<Record<(typeof names)[number], string>>;

/** Signs up, signs in wrongly, sets a new password; returns the secrets that were handed out on the way. */
async function signUpWith(marks: Marks, browser: Browser, email: string): Promise<string[]> {
  await browser.post('/api/signup', { email, password: marks.password });
  const token = tokenIn(await account.mailTo(email));
  await browser.post('/api/verify', { token });
  await browser.post('/api/session', { email, password: marks.wrongPassword });
  await browser.post('/api/reset', { email });
  const reset = tokenIn(await account.mailTo(email, /new password/));
  await browser.post('/api/reset/confirm', { token: reset, password: marks.newPassword });
  return [token, reset, browser.cookie!.split('=')[1]!];
}

/** Chats, with every failure there is: of the edge, of its stream, of key-service, of the database, and of the input. */
async function chatWith(marks: Marks, browser: Browser, path: string): Promise<void> {
  const send = (content: string) => browser.post(`${path}/messages`, { content });
  account.edge.next.push(streamAnswer([marks.answer]));
  expect(eventsOf((await send(marks.message)).text).at(-1)!.name).toBe('done');
  account.edge.next.push(refuseWith(402, marks.upstream));
  await send(marks.failed);
  account.edge.next.push(streamThen([marks.partial], (response) => void response.end(`data: {"${marks.upstream}\n\n`)));
  await send(marks.failed);
  await browser.patch(path, { title: marks.secondTitle });
  for (const failure of ['internal_error', 'kek_disabled'] as const) {
    account.keys.failWith = failure;
    await send(marks.failed);
    await browser.patch(path, { title: marks.secondTitle });
    account.keys.failWith = undefined;
  }
  await account.owner.query('ALTER TABLE account.message RENAME TO message_gone');
  expect((await send(marks.failed)).status).toBe(500);
  await account.owner.query('ALTER TABLE account.message_gone RENAME TO message');
  const { failed } = marks;
  for (const rawBody of [`{"content": "${failed}`, failed, `{"${failed}": 1}`]) await browser.call('POST', `${path}/messages`, { rawBody });
  const paths = [`/api/${failed}`, `/api/keys?${failed}=1`, `/api/keys?cursor=${failed}`, `/api/conversations/${failed}`];
  for (const where of paths) await browser.get(where);
  expect((await browser.get(`${path}/messages`)).text).toContain(marks.answer);
}

test('no password, key, token, message, title or session lies in the database, and nothing of all this in log or metrics', async () => {
  const marks = Object.fromEntries(names.map((name) => [name, mark()])) as Marks;
  const [email, keyName, model] = [`${mark()}@${mark()}.test`, mark(), mark()];
  const browser = account.browser();
  const handedOut = await signUpWith(marks, browser, email);
  const { json: made } = await browser.post('/api/keys', { name: keyName, models: [model] });
  const { json } = await browser.post('/api/conversations', { model, title: marks.title });
  await chatWith(marks, browser, `/api/conversations/${json.id}`);
  await browser.post('/api/conversations', { model, title: marks.ephemeralTitle, ephemeral: true });
  const secrets: string[] = [...Object.values(marks), ...handedOut, made.key];

  const dump = await dumpDatabase(account.database);
  // The search finds what lies there on purpose.
  expect([find(dump, email).length, find(dump, keyName).length, find(dump, model).length].every((found) => found > 0)).toBe(true);
  for (const marker of secrets) expect([marker.length, find(dump, marker)]).toEqual([marker.length, []]);

  await eventually('the failures are logged', async () => (await account.log()).includes('"request_failed"'));
  const metrics = await (await fetch(`${account.process.metricsUrl}/metrics`)).text();
  const printed = `${await account.log()}\n${metrics}`;
  expect(printed).toContain('tacet_account_requests_total');
  const { id: accountId } = (await browser.get('/api/session')).json.account;
  for (const marker of [...secrets, email, ...email.split('@'), keyName, model, accountId, made.id, made.public_id, json.id])
    expect(find(printed, marker)).toEqual([]);
}, 60_000);

test('a crash prints nothing of what was going on', async () => {
  const { browser } = await account.signIn();
  const content = mark();
  const { json } = await browser.post('/api/conversations', { model: 'm' });
  account.edge.next.push(streamThen([content], () => new Promise(() => undefined)));
  const asked = browser.post(`/api/conversations/${json.id}/messages`, { content }).catch(() => undefined);
  await eventually('the edge was asked', () => account.edge.seen.at(-1)?.body.messages.at(-1)?.content === content);
  await account.process.kill('SIGABRT');
  await asked;
  expect(find(await account.log(), content)).toEqual([]);
  await account.restart();
});

test('a start that cannot succeed says why, by name, and never what a secret file holds', async () => {
  const content = mark();
  const file = join(account.paths.secrets, 'broken');
  await writeSecret(file, content);
  for (const variable of ['TACET_POSTGRES_URL_FILE', 'TACET_KEY_CHECK_FILE', 'TACET_ACCOUNT_RECEIPT_KEY_FILE']) {
    const logBefore = (await readFile(account.process.logFile, 'utf8')).length;
    await account.process.restart({ [variable]: file });
    expect((await account.process.ended).code).toBe(1);
    const printed = (await readFile(account.process.logFile, 'utf8')).slice(logBefore);
    expect(printed).toContain('"start_failed"');
    if (variable !== 'TACET_POSTGRES_URL_FILE') expect(printed).toMatch(new RegExp(`^account: ${variable}: `, 'm'));
    expect(find(printed, content)).toEqual([]);
    const right = {
      TACET_POSTGRES_URL_FILE: account.paths.databaseUrl('tacet_account'),
      TACET_KEY_CHECK_FILE: account.paths.keyCheck,
      TACET_ACCOUNT_RECEIPT_KEY_FILE: account.paths.receiptKey,
    };
    await account.process.restart(right);
    await account.process.waitUntilReady();
  }
}, 60_000);
