import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import { eventsOf, type Browser } from './support/browser.ts';
import { streamAnswer, streamThen } from './support/edge-stand-in.ts';

/*
 * A conversation is a tree: a message names the one that it follows, editing begins a branch beside the old one, and a
 * message can have several answers. What the model is shown is one branch alone.
 */

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());

async function converse(...contents: readonly string[]) {
  const { browser } = await account.signIn();
  const { json } = await browser.post('/api/conversations', { model: 'm' });
  const path = `/api/conversations/${json.id}`;
  for (const content of contents) await say(browser, path, content, `to ${content}`);
  return { browser, path, id: json.id as string };
}

async function say(browser: Browser, path: string, content: string, answer: string, parent?: string | null) {
  account.edge.next.push(streamAnswer([answer]));
  return browser.post(`${path}/messages`, { content, ...(parent === undefined ? {} : { parent_id: parent }) });
}

interface Message {
  readonly id: string;
  readonly parent_id: string | null;
  readonly position: number;
  readonly content: string;
  readonly truncated: boolean;
}

const messagesOf = async (browser: Browser, path: string): Promise<Message[]> => (await browser.get(`${path}/messages`)).json.data;
const shown = () => account.edge.seen.at(-1)!.body.messages.map(({ content }: { content: string }) => content) as string[];

test('a message is edited by a new one with the same parent; the model is shown the new branch, and the old one stays', async () => {
  const { browser, path } = await converse('One', 'Two', 'Three');
  const before = await messagesOf(browser, path);
  const second = before.find(({ content }) => content === 'Two')!;
  expect((await say(browser, path, 'Two, edited', 'to the edit', second.parent_id)).status).toBe(200);
  expect(shown()).toEqual(['One', 'to One', 'Two, edited']);
  const after = await messagesOf(browser, path);
  expect(after.slice(0, before.length)).toEqual(before);
  const [edited, answer] = after.slice(before.length);
  expect([edited!.parent_id, answer!.parent_id]).toEqual([second.parent_id, edited!.id]);
  await say(browser, path, 'Further', 'to further');
  expect(shown()).toEqual(['One', 'to One', 'Two, edited', 'to the edit', 'Further']);
});

test('the first message is edited with null, and an old branch is gone on with by naming its end', async () => {
  const { browser, path } = await converse('One', 'Two');
  const end = (await messagesOf(browser, path)).at(-1)!;
  await say(browser, path, 'Another beginning', 'to another', null);
  expect(shown()).toEqual(['Another beginning']);
  await say(browser, path, 'On with the old one', 'indeed', end.id);
  expect(shown()).toEqual(['One', 'to One', 'Two', 'to Two', 'On with the old one']);
});

test('another answer is asked for with the same history, and stands beside the first', async () => {
  const { browser, path } = await converse('One', 'Two');
  const before = await messagesOf(browser, path);
  const second = before.find(({ content }) => content === 'Two')!;
  account.edge.next.push(streamAnswer(['to Two, ', 'again']));
  const again = await browser.post(`${path}/messages/${second.id}/answers`, undefined);
  expect(again.status).toBe(200);
  expect(shown()).toEqual(['One', 'to One', 'Two']);
  const events = eventsOf(again.text);
  const after = await messagesOf(browser, path);
  const answers = after.filter(({ parent_id: parent }) => parent === second.id);
  expect(answers.map(({ content }) => content)).toEqual(['to Two', 'to Two, again']);
  expect(answers[1]!.position % 2).toBe(1);
  expect(events[0]).toMatchObject({ name: 'message', data: { id: second.id, position: second.position } });
  expect(events.at(-1)).toMatchObject({ name: 'done', data: { id: answers[1]!.id, position: answers[1]!.position } });
  await say(browser, path, 'On with the first', 'well', answers[0]!.id);
  expect(shown()).toEqual(['One', 'to One', 'Two', 'to Two', 'On with the first']);
  await say(browser, path, 'On with the second', 'well', answers[1]!.id);
  expect(shown()).toEqual(['One', 'to One', 'Two', 'to Two, again', 'On with the second']);
});

test('an answer that breaks is kept as far as it came, and another one can be asked for', async () => {
  const { browser, path } = await converse();
  account.edge.next.push(streamThen(['As far as '], (response) => void response.end()));
  await browser.post(`${path}/messages`, { content: 'One' });
  const [question, cut] = await messagesOf(browser, path);
  expect(cut).toMatchObject({ content: 'As far as ', truncated: true });
  account.edge.next.push(streamAnswer(['The whole']));
  await browser.post(`${path}/messages/${question!.id}/answers`, undefined);
  expect((await messagesOf(browser, path)).map(({ content, truncated }) => [content, truncated])).toEqual([
    ['One', false],
    ['As far as ', true],
    ['The whole', false],
  ]);
});

test('two answers and a new message at once: nothing is lost and no place is taken twice', async () => {
  const { browser, path } = await converse('One');
  const [question] = await messagesOf(browser, path);
  const held = Promise.withResolvers<void>();
  for (const text of ['second', 'third'])
    account.edge.next.push(async (response, seen) => {
      await held.promise;
      await streamAnswer([text])(response, seen);
    });
  const already = account.edge.seen.length;
  const answers = [1, 2].map(() => browser.post(`${path}/messages/${question!.id}/answers`, undefined));
  await eventually('both were asked', () => account.edge.seen.length === already + 2);
  await say(browser, path, 'Meanwhile', 'to meanwhile');
  held.resolve();
  await Promise.all(answers);
  const messages = await messagesOf(browser, path);
  expect(messages.map(({ content }) => content).sort()).toEqual(['Meanwhile', 'One', 'second', 'third', 'to One', 'to meanwhile']);
  expect(new Set(messages.map(({ position }) => position)).size).toBe(6);
}, 60_000);

test('a parent or message of another conversation, an answer, or nothing at all is refused, and nothing is stored', async () => {
  const { browser, path } = await converse('One');
  const other = await converse('Elsewhere');
  const [foreign] = await messagesOf(other.browser, other.path);
  const own = await messagesOf(browser, path);
  const nobody = '01900000-0000-7000-8000-000000000001';
  for (const parent of [foreign!.id, nobody]) {
    const { status, json } = await browser.post(`${path}/messages`, { content: 'Two', parent_id: parent });
    expect([status, json.error.code, json.error.param]).toEqual([400, 'field_invalid', 'parent_id']);
  }
  for (const message of [foreign!.id, nobody, own[1]!.id])
    expect((await browser.post(`${path}/messages/${message}/answers`, undefined)).status).toBe(404);
  expect((await other.browser.post(`${path}/messages/${own[0]!.id}/answers`, undefined)).status).toBe(404);
  expect(await messagesOf(browser, path)).toEqual(own);
});

test('a message that somebody gave another parent in the database is refused, also as part of a branch', async () => {
  const { browser, path } = await converse('One', 'Two', 'Three');
  const messages = await messagesOf(browser, path);
  const [third, first] = [messages.find(({ content }) => content === 'Three')!, messages.find(({ content }) => content === 'to One')!];
  await account.owner.query('UPDATE account.message SET parent_id = $2 WHERE id = $1', [third.id, first.id]);
  expect((await browser.get(`${path}/messages`)).json.error.code).toBe('record_refused');
  expect((await say(browser, path, 'Four', 'never asked')).json.error.code).toBe('record_refused');
  account.edge.next.length = 0;
});

test('marking a conversation says what backups keep, and other changes do not', async () => {
  const { browser, path } = await converse('One');
  expect((await browser.patch(path, { title: 'A title' })).json.notice).toBeNull();
  const { json } = await browser.patch(path, { ephemeral: true });
  expect(json).toMatchObject({ ephemeral: true, notice: expect.stringMatching(/Backups .* taken before .* until those backups expire/) });
});
