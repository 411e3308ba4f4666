import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import { eventsOf, type Browser } from './support/browser.ts';
import { streamAnswer } from './support/edge-stand-in.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());

async function converse(body: object = { model: 'm', title: 'About tea' }) {
  const { browser, accountId } = await account.signIn();
  const made = await browser.post('/api/conversations', body);
  return { browser, accountId, made, id: made.json.id as string, path: `/api/conversations/${made.json.id}` };
}

const say = (browser: Browser, path: string, content: string) => browser.post(`${path}/messages`, { content });
const messagesOf = async (browser: Browser, path: string) => (await browser.get(`${path}/messages`)).json.data;

test('a conversation is made, listed, renamed, given another model, and deleted', async () => {
  const { browser, made, path, id } = await converse();
  expect(made.status).toBe(201);
  expect(made.json).toEqual({
    id,
    model: 'm',
    title: 'About tea',
    title_refused: false,
    ephemeral: false,
    expires_at: null,
    created_at: expect.any(String),
  });
  expect((await browser.get('/api/conversations')).json).toEqual({ data: [made.json], next_cursor: null });
  expect((await browser.get(path)).json).toEqual(made.json);
  expect((await browser.patch(path, { title: 'About coffee', model: 'n' })).json).toEqual({
    ...made.json,
    title: 'About coffee',
    model: 'n',
    notice: null,
  });
  expect((await browser.patch(path, { title: null })).json.title).toBeNull();
  await say(browser, path, 'Hello');
  expect((await browser.delete(path)).status).toBe(204);
  expect((await browser.get(path)).status).toBe(404);
  expect((await browser.delete(path)).status).toBe(404);
  const { rows } = await account.owner.query('SELECT 1 FROM account.message WHERE conversation_id = $1', [id]);
  expect(rows).toEqual([]);
});

test('what is stored is sealed, in the documented form, and holds its place', async () => {
  const { browser, id, path } = await converse();
  await say(browser, path, 'Is green tea stronger?');
  const { rows } = await account.owner.query<{ id: string; parent_id: string | null; position: number; body: Buffer }>(
    'SELECT id, parent_id, position, body FROM account.message WHERE conversation_id = $1 ORDER BY position',
    [id],
  );
  expect(rows.map(({ position, body }) => [position, body[0], body[1]])).toEqual([
    [0, 0xc1, 0x01],
    [1, 0xc1, 0x01],
  ]);
  expect(rows[1]!.parent_id).toBe(rows[0]!.id);
  const messages = await messagesOf(browser, path);
  expect(messages).toEqual([
    {
      id: rows[0]!.id,
      parent_id: null,
      position: 0,
      role: 'user',
      revision: 1,
      created_at: expect.any(String),
      content: 'Is green tea stronger?',
      truncated: false,
    },
    {
      id: rows[1]!.id,
      parent_id: rows[0]!.id,
      position: 1,
      role: 'assistant',
      revision: 1,
      created_at: expect.any(String),
      content: 'Hello there.',
      truncated: false,
    },
  ]);
});

test('the table itself refuses plaintext', async () => {
  const { id } = await converse();
  await expect(
    account.owner.query('UPDATE account.conversation SET title = \'{"title":"plaintext"}\' || repeat(\' \', 80) WHERE id = $1', [id]),
  ).rejects.toThrow();
  await expect(
    account.owner.query(
      "INSERT INTO account.message VALUES (gen_random_uuid(), $1, NULL, 0, convert_to('{\"content\":\"plaintext\"}' || repeat(' ', 80), 'UTF8'))",
      [id],
    ),
  ).rejects.toThrow();
});

test("another account's conversation does not exist, on any route", async () => {
  const theirs = await converse();
  await say(theirs.browser, theirs.path, 'Mine alone');
  const { browser } = await account.signIn();
  const answers = [
    await browser.get(theirs.path),
    await browser.patch(theirs.path, { title: 'Taken' }),
    await browser.patch(theirs.path, { ephemeral: true }),
    await browser.delete(theirs.path),
    await browser.get(`${theirs.path}/messages`),
    await say(browser, theirs.path, 'Me too'),
  ];
  expect(answers.map(({ status, json }) => [status, json.error.code])).toEqual(answers.map(() => [404, 'not_found']));
  expect((await messagesOf(theirs.browser, theirs.path)).length).toBe(2);
  expect((await theirs.browser.get(theirs.path)).json.title).toBe('About tea');
});

test('pages hold every conversation once, newest first', async () => {
  const { browser } = await account.signIn();
  for (let i = 0; i < 5; i++) await browser.post('/api/conversations', { model: 'm', title: `t${i}` });
  const titles: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { json } = await browser.get(`/api/conversations?limit=2${query}`);
    titles.push(...json.data.map(({ title }: { title: string }) => title));
    cursor = json.next_cursor;
  } while (cursor !== null);
  expect(titles).toEqual(['t4', 't3', 't2', 't1', 't0']);
});

test('a page of messages ends at its limit or at its bytes, and none is lost between pages', async () => {
  const { browser, path } = await converse();
  const large = 'x'.repeat(1_000_000);
  for (let i = 0; i < 6; i++) expect((await say(browser, path, `${i}${large}`)).status).toBe(200);
  const heads: string[] = [];
  const pages: number[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const { json } = await browser.get(`${path}/messages?limit=100${query}`);
    heads.push(...json.data.map(({ content }: { content: string }) => content.slice(0, 1)));
    pages.push(json.data.length);
    cursor = json.next_cursor;
  } while (cursor !== null);
  expect(heads.join('')).toBe('0H1H2H3H4H5H');
  expect(pages.length).toBeGreaterThan(1);
}, 60_000);

test('a record that was moved, swapped or changed in the database is refused loudly', async () => {
  const one = await converse();
  await say(one.browser, one.path, 'first');
  await say(one.browser, one.path, 'second');
  const other = await one.browser.post('/api/conversations', { model: 'm', title: 'Another title' });
  await say(one.browser, `/api/conversations/${other.json.id}`, 'elsewhere');
  const refused = async (path = one.path) => {
    const answer = await one.browser.get(`${path}/messages`);
    return [answer.status, answer.json.error?.code];
  };
  const swap = `UPDATE account.message AS m SET body = o.body FROM account.message AS o WHERE m.conversation_id = $1 AND o.conversation_id = $1 AND m.position <> o.position AND m.position IN (0, 2) AND o.position IN (0, 2)`;
  await account.owner.query(swap, [one.id]);
  expect(await refused()).toEqual([500, 'record_refused']);
  await account.owner.query(swap, [one.id]);
  expect(await refused()).toEqual([200, undefined]);
  // The order of two messages, by their position alone.
  await account.owner.query('UPDATE account.message SET position = position + 100 WHERE conversation_id = $1 AND position = 0', [one.id]);
  expect(await refused()).toEqual([500, 'record_refused']);
  // The model is not shown a changed history either.
  const before = account.edge.seen.length;
  expect((await say(one.browser, one.path, 'third')).json.error.code).toBe('record_refused');
  expect(account.edge.seen.length).toBe(before);
  await account.owner.query('UPDATE account.message SET position = 0 WHERE conversation_id = $1 AND position = 100', [one.id]);
  await account.owner.query('UPDATE account.message SET parent_id = NULL WHERE conversation_id = $1', [one.id]);
  expect(await refused()).toEqual([500, 'record_refused']);
  await account.owner.query(
    'UPDATE account.conversation AS c SET title = o.title FROM account.conversation AS o WHERE c.id = $1 AND o.id = $2',
    [one.id, other.json.id],
  );
  const { json } = await one.browser.get('/api/conversations');
  expect(json.data.map(({ title, title_refused: titleRefused }: Record<string, unknown>) => [title, titleRefused])).toEqual([
    ['Another title', false],
    [null, true],
  ]);
  await eventually('it is in the log', async () => (await account.log()).includes('"record_refused"'));
});

test('an ephemeral conversation is bound to its epoch, ends after 24 hours sharp, and is never extended', async () => {
  const { browser, id, path, made } = await converse({ model: 'm', title: 'Secret', ephemeral: true });
  const expiresAt = Date.parse(made.json.expires_at);
  expect(expiresAt - Date.parse(made.json.created_at)).toBe(86_400_000);
  await say(browser, path, 'Hush');
  expect((await browser.patch(path, { title: 'Still secret', ephemeral: true })).json.expires_at).toBe(made.json.expires_at);
  const { rows } = await account.owner.query(
    'SELECT epoch, get_byte(title, 1) AS title, array_agg(get_byte(body, 1)) AS bodies FROM account.conversation JOIN account.message ON conversation_id = conversation.id WHERE conversation.id = $1 GROUP BY conversation.id',
    [id],
  );
  expect(rows).toEqual([{ epoch: BigInt(Math.floor(expiresAt / 300_000)), title: 0x11, bodies: [0x11, 0x11] }]);
  expect(account.edge.seen.at(-1)?.headers['x-tacet-no-log']).toBe('true');

  await account.owner.query("UPDATE account.conversation SET expires_at = now() - interval '1 millisecond' WHERE id = $1", [id]);
  const answers = [
    await browser.get(path),
    await browser.get(`${path}/messages`),
    await say(browser, path, 'Still there?'),
    await browser.patch(path, { title: 'x' }),
  ];
  expect(answers.map(({ status, json }) => [status, json.error.code])).toEqual(answers.map(() => [410, 'conversation_expired']));
  expect((await browser.get('/api/conversations')).json.data).toEqual([]);
});

test('the default of the account makes conversations ephemeral unless they say otherwise', async () => {
  const { browser } = await account.signIn();
  await browser.patch('/api/settings', { ephemeral_by_default: true });
  expect((await browser.post('/api/conversations', { model: 'm' })).json.ephemeral).toBe(true);
  expect((await browser.post('/api/conversations', { model: 'm', ephemeral: false })).json.ephemeral).toBe(false);
});

test('marking a conversation ephemeral seals everything in it again, and a crash in the middle is finished later', async () => {
  const { browser, id, path } = await converse();
  for (let i = 0; i < 3; i++) await say(browser, path, `message ${i}`);
  const suites = async () =>
    (
      await account.owner.query<{ suite: number }>('SELECT get_byte(body, 1) AS suite FROM account.message WHERE conversation_id = $1', [
        id,
      ])
    ).rows.map(({ suite }) => suite);
  const reached = Promise.withResolvers<void>();
  account.keys.before = async (rpc) => {
    if (rpc !== 'Seal') return;
    reached.resolve();
    await new Promise(() => undefined);
  };
  const marking = browser.patch(path, { ephemeral: true }).catch(() => undefined);
  await reached.promise;
  await account.process.kill();
  await marking;
  account.keys.before = async () => undefined;
  expect(new Set(await suites())).toEqual(new Set([0x01]));
  await account.restart();
  await eventually('sealed again', async () => (await suites()).every((suite) => suite === 0x11));
  await eventually(
    'done',
    async () => (await account.owner.query('SELECT 1 FROM account.conversation WHERE id = $1 AND NOT reseal_pending', [id])).rowCount === 1,
  );
  const { json } = await browser.get(path);
  expect([json.ephemeral, json.title]).toEqual([true, 'About tea']);
  expect((await messagesOf(browser, path)).map(({ content }: { content: string }) => content)).toEqual([
    'message 0',
    'Hello there.',
    'message 1',
    'Hello there.',
    'message 2',
    'Hello there.',
  ]);
  expect((await browser.patch(path, { ephemeral: false })).status).toBe(400);
}, 60_000);

test('a disabled master key is told as such, and nothing is stored', async () => {
  const { browser, path } = await converse();
  account.keys.failWith = 'kek_disabled';
  const answers = [
    await browser.get('/api/conversations'),
    await browser.get(path),
    await say(browser, path, 'x'),
    await browser.post('/api/conversations', { model: 'm', title: 't' }),
  ];
  account.keys.failWith = undefined;
  expect(answers.map(({ status }) => status)).toEqual([423, 423, 423, 423]);
  expect(await messagesOf(browser, path)).toEqual([]);
});

test('a conversation is read by several at once while it is written', async () => {
  const { browser, path } = await converse();
  account.edge.next.push(...Array.from({ length: 8 }, (_, i) => streamAnswer([`answer ${i}`])));
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => say(browser, path, `question ${i}`)));
  const taken = answers.filter(({ status }) => status === 200);
  expect(answers.every(({ status, json }) => status === 200 || json.error.code === 'conflict')).toBe(true);
  const messages = await messagesOf(browser, path);
  expect(messages.length).toBe(taken.length * 2);
  for (const answer of taken) {
    const [first] = eventsOf(answer.text);
    const asked = messages.find(({ id }: { id: string }) => id === first!.data.id);
    expect(messages.find(({ parent_id: parentId }: { parent_id: string }) => parentId === asked.id)?.position).toBe(asked.position + 1);
  }
});
