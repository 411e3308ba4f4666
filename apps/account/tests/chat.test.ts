import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { request } from 'undici';
import { startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import { eventsOf, type Browser } from './support/browser.ts';
import { refuseWith, streamAnswer, streamThen } from './support/edge-stand-in.ts';

let account: AccountUnderTest;

beforeAll(async () => {
  account = await startAccount();
}, 60_000);
afterAll(() => account.stop());

async function converse(body: object = { model: 'demo-model' }) {
  const { browser, accountId } = await account.signIn();
  const { json } = await browser.post('/api/conversations', body);
  return { browser, accountId, path: `/api/conversations/${json.id}` };
}

const say = (browser: Browser, path: string, content: string) => browser.post(`${path}/messages`, { content });
const messagesOf = async (browser: Browser, path: string) => (await browser.get(`${path}/messages`)).json.data;

test('a turn asks the edge as the account itself, with the whole history, and streams the answer as it comes', async () => {
  const { browser, accountId, path } = await converse();
  const first = await say(browser, path, 'One?');
  expect([first.status, first.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const events = eventsOf(first.text);
  expect(events.map(({ name, data }) => [name, data.content])).toEqual([
    ['message', undefined],
    ['delta', 'Hello '],
    ['delta', 'there.'],
    ['done', undefined],
  ]);
  const [asked, answered] = await messagesOf(browser, path);
  expect(events[0]!.data).toEqual({ id: asked.id, position: 0, created_at: asked.created_at });
  expect(events[3]!.data).toEqual({
    id: answered.id,
    position: 1,
    created_at: answered.created_at,
    truncated: false,
    finish_reason: 'stop',
    usage: { prompt_tokens: 7, completion_tokens: 2 },
  });
  await say(browser, path, 'Two?');
  const seen = account.edge.seen.at(-1)!;
  expect([seen.path, seen.caller, seen.headers['x-tacet-account'], seen.headers['x-tacet-no-log']]).toEqual([
    '/v1/chat/completions',
    'account',
    accountId,
    undefined,
  ]);
  expect(seen.body).toEqual({
    model: 'demo-model',
    messages: [
      { role: 'user', content: 'One?' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'Two?' },
    ],
    stream: true,
    stream_options: { include_usage: true },
  });
  expect(Object.keys(seen.headers)).not.toContain('cookie');
});

test('what a person wrote is stored before the edge is asked', async () => {
  const { browser, path } = await converse();
  const stored: unknown[] = [];
  account.edge.next.push(async (response, seen) => {
    stored.push(...(await messagesOf(browser, path)));
    await streamAnswer(['ok'])(response, seen);
  });
  await say(browser, path, 'First of all');
  expect(stored).toMatchObject([{ role: 'user', content: 'First of all' }]);
});

test.each([
  [402, 'insufficient_balance', {}, 402, 'insufficient_balance'],
  [429, 'in_flight_budget', { 'retry-after': '3' }, 429, 'in_flight_budget'],
  [404, 'model_unknown', {}, 404, 'model_unknown'],
  [503, 'no_worker', { 'retry-after-ms': '1500' }, 503, 'no_worker'],
  [400, 'context_length_exceeded', {}, 400, 'bad_request'],
  [500, 'something_of_a_worker', {}, 502, 'worker_failed'],
] as const)(
  'a refusal of the edge (%i %s) is an ordinary error, without its words, and the message stays',
  async (status, code, headers, expectedStatus, expectedCode) => {
    const { browser, path } = await converse();
    account.edge.next.push(refuseWith(status, code, headers));
    const answer = await say(browser, path, 'May I?');
    expect([answer.status, answer.json.error.code]).toEqual([expectedStatus, expectedCode]);
    expect(answer.text).not.toContain('canary-of-the-edge');
    expect(answer.headers['retry-after']).toBe(headers && 'retry-after' in headers ? '3' : 'retry-after-ms' in headers ? '2' : undefined);
    expect(await messagesOf(browser, path)).toMatchObject([{ role: 'user', content: 'May I?' }]);
    // Asked again, the model is not shown the question that got no answer.
    expect((await say(browser, path, 'May I now?')).status).toBe(200);
    expect(account.edge.seen.at(-1)!.body.messages).toEqual([{ role: 'user', content: 'May I now?' }]);
    expect((await messagesOf(browser, path)).map(({ position }: { position: number }) => position)).toEqual([0, 2, 3]);
  },
);

test('an edge that cannot be reached is told as unavailable', async () => {
  const { browser, path } = await converse();
  account.edge.next.push((response) => void response.destroy());
  expect((await say(browser, path, 'Anybody?')).json.error.code).toBe('unavailable');
});

test.each([
  ['an in-band error', (text: string): string => text, 'insufficient_balance'],
  ['a torn connection', undefined, 'worker_failed'],
  ['an end without [DONE]', (): string => '', 'worker_failed'],
  ['a chunk that is no JSON', (): string => 'data: {"choices": [canary-chunk\n\n', 'worker_invalid'],
] as const)('%s cuts the answer: what had come is stored as truncated', async (_name, end, code) => {
  const { browser, path } = await converse();
  const inBand = `data: ${JSON.stringify({ error: { code: 'insufficient_balance', message: 'canary-of-the-edge' } })}\n\n`;
  account.edge.next.push(
    streamThen(['Once upon ', 'a time'], (response) => {
      if (end) response.end(end(inBand));
      else setTimeout(() => response.destroy(), 50);
    }),
  );
  const answer = await say(browser, path, 'Tell me');
  const last = eventsOf(answer.text).at(-1)!;
  const [, stored] = await messagesOf(browser, path);
  expect([answer.status, last.name, last.data.error.code]).toEqual([200, 'error', code]);
  expect(last.data.answer).toEqual({ id: stored.id, position: 1, created_at: stored.created_at, truncated: true });
  expect([stored.role, stored.content, stored.truncated]).toEqual(['assistant', 'Once upon a time', true]);
  expect(answer.text).not.toContain('canary');
});

test('a cut before the first piece stores no answer', async () => {
  const { browser, path } = await converse();
  account.edge.next.push(streamThen([], (response) => void response.end()));
  const last = eventsOf((await say(browser, path, 'Hello?')).text).at(-1)!;
  expect([last.name, last.data.answer]).toEqual(['error', null]);
  expect(await messagesOf(browser, path)).toHaveLength(1);
});

test('an answer that its limit ended is whole, and says so', async () => {
  const { browser, path } = await converse();
  account.edge.next.push(streamAnswer(['As I was say'], 'length'));
  const last = eventsOf((await say(browser, path, 'Go on')).text).at(-1)!;
  expect([last.name, last.data.finish_reason, last.data.truncated]).toEqual(['done', 'length', false]);
});

/** Reads a stream until it has told `pieces` deltas, then leaves. */
async function leaveAfter(browser: Browser, path: string, pieces: number): Promise<void> {
  const controller = new AbortController();
  const response = await request(`${account.url}${path}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: browser.cookie! },
    body: JSON.stringify({ content: 'Talk to me' }),
    signal: controller.signal,
  });
  let text = '';
  try {
    for await (const chunk of response.body) {
      text += String(chunk);
      if (text.split('event: delta').length > pieces) controller.abort();
    }
  } catch {
    // The abort.
  }
}

test('a client that leaves ends the call to the edge, and what had come is stored', async () => {
  const { browser, path } = await converse();
  const held = Promise.withResolvers<void>();
  account.edge.next.push(streamThen(['Half ', 'an answer'], () => held.promise));
  await leaveAfter(browser, path, 2);
  expect(await account.edge.seen.at(-1)!.aborted).toBe(true);
  held.resolve();
  const stored = await eventually('the partial answer', async () => (await messagesOf(browser, path))[1]);
  expect([stored.content, stored.truncated]).toEqual(['Half an answer', true]);
});

test('a process that stops cuts its answers after a while, tells the client, and stores what had come', async () => {
  const { browser, path } = await converse();
  account.edge.next.push(streamThen(['Before the end'], () => new Promise(() => undefined)));
  const answer = say(browser, path, 'How long?');
  await eventually('the edge was asked', () => account.edge.seen.at(-1)?.body.messages.at(-1)?.content === 'How long?');
  const ending = await account.process.stop();
  expect(ending.code).toBe(0);
  const last = eventsOf((await answer).text).at(-1)!;
  expect([last.name, last.data.error.code, last.data.answer.truncated]).toEqual(['error', 'draining', true]);
  await account.restart();
  expect((await messagesOf(browser, path)).map(({ content, truncated }: Record<string, unknown>) => [content, truncated])).toEqual([
    ['How long?', false],
    ['Before the end', true],
  ]);
}, 60_000);

test('an answer that cannot be sealed at first is sealed later; one that cannot be at all is told as lost', async () => {
  const { browser, path } = await converse();
  let failures = 2;
  account.edge.next.push((response, seen) => {
    account.keys.before = async () => {
      if (failures-- > 0) throw new Error('away');
    };
    return streamAnswer(['Patience'])(response, seen);
  });
  expect(eventsOf((await say(browser, path, 'Keep it')).text).at(-1)!.name).toBe('done');
  account.keys.before = async () => undefined;
  expect((await messagesOf(browser, path))[1].content).toBe('Patience');

  account.edge.next.push((response, seen) => {
    account.keys.failWith = 'kek_disabled';
    return streamAnswer(['Gone'])(response, seen);
  });
  const last = eventsOf((await say(browser, path, 'Keep this too')).text).at(-1)!;
  account.keys.failWith = undefined;
  expect([last.name, last.data.error.code, last.data.answer]).toEqual(['error', 'kek_disabled', null]);
  await eventually('it is in the log', async () => (await account.log()).includes('"answer_lost"'));
}, 60_000);

test('a conversation that is deleted or expires under its answer keeps nothing of it', async () => {
  for (const end of ['delete', 'expire']) {
    const { browser, path } = await converse({ model: 'm', ephemeral: true });
    const id = path.split('/').at(-1)!;
    account.edge.next.push(async (response, seen) => {
      if (end === 'delete') await browser.delete(path);
      else await account.owner.query("UPDATE account.conversation SET expires_at = now() - interval '1 second' WHERE id = $1", [id]);
      await streamAnswer(['Too late'])(response, seen);
    });
    const last = eventsOf((await say(browser, path, 'Quick')).text).at(-1)!;
    expect([last.name, last.data.error.code]).toEqual(['error', end === 'delete' ? 'not_found' : 'conversation_expired']);
    const { rows } = await account.owner.query('SELECT 1 FROM account.message WHERE conversation_id = $1 AND position = 1', [id]);
    expect(rows).toEqual([]);
  }
});

test('a conversation that is marked ephemeral under its answer seals the answer for its epoch', async () => {
  const { browser, path } = await converse();
  const id = path.split('/').at(-1)!;
  account.edge.next.push(async (response, seen) => {
    await browser.patch(path, { ephemeral: true });
    await streamAnswer(['Hush'])(response, seen);
  });
  expect(eventsOf((await say(browser, path, 'Secret?')).text).at(-1)!.name).toBe('done');
  const { rows } = await account.owner.query<{ suite: number }>(
    'SELECT get_byte(body, 1) AS suite FROM account.message WHERE conversation_id = $1',
    [id],
  );
  expect(rows.map(({ suite }) => suite)).toEqual([0x11, 0x11]);
});

test('a long history is cut to its newest whole turns', async () => {
  const { browser, path } = await converse();
  account.edge.next.push(...Array.from({ length: 5 }, (_, i) => streamAnswer([`answer ${i}`])));
  for (let i = 0; i < 5; i++) await say(browser, path, `${i}`.padEnd(100_000, '.'));
  await say(browser, path, 'And now?');
  const { messages } = account.edge.seen.at(-1)!.body;
  expect(messages.map(({ role, content }: { role: string; content: string }) => `${role} ${content.slice(0, 8)}`)).toEqual([
    'user 3.......',
    'assistant answer 3',
    'user 4.......',
    'assistant answer 4',
    'user And now?',
  ]);
});

test('a conversation that is too long for its model is asked with less of it, down to the message alone', async () => {
  const { browser, path } = await converse();
  for (let i = 0; i < 5; i++) await say(browser, path, `question ${i}`);
  const before = account.edge.seen.length;
  account.edge.next.push(refuseWith(400, 'field_invalid'), refuseWith(400, 'context_length_exceeded'));
  expect((await say(browser, path, 'Short of breath')).status).toBe(200);
  expect(
    account.edge.seen.slice(before).map(({ body }) => body.messages.map(({ content }: { content: string }) => content.slice(-1)).join('')),
  ).toEqual(['0.1.2.3.4.h', '3.4.h', '4.h']);
  account.edge.next.push(...Array.from({ length: 4 }, () => refuseWith(400, 'field_invalid')));
  const refused = await say(browser, path, 'Not even alone');
  expect([refused.status, refused.json.error.code, refused.json.error.message]).toEqual([
    400,
    'bad_request',
    expect.stringContaining('longer than it takes'),
  ]);
  expect(account.edge.seen.at(-1)!.body.messages).toEqual([{ role: 'user', content: 'Not even alone' }]);
  account.edge.next.length = 0;
});

test('a conversation that is marked ephemeral between the sealing of a message and its storing is sealed for its epoch', async () => {
  const { browser, path } = await converse();
  const id = path.split('/').at(-1)!;
  let marked = false;
  account.keys.before = async (rpc) => {
    if (rpc !== 'Seal' || marked) return;
    marked = true;
    const mark =
      "UPDATE account.conversation SET ephemeral = true, expires_at = date_trunc('milliseconds', now()) + interval '23 hours', epoch = 1 WHERE id = $1";
    await account.owner.query(mark, [id]);
  };
  expect(eventsOf((await say(browser, path, 'Secret?')).text).at(-1)!.name).toBe('done');
  account.keys.before = async () => undefined;
  const { rows } = await account.owner.query<{ suite: number }>(
    'SELECT get_byte(body, 1) AS suite FROM account.message WHERE conversation_id = $1',
    [id],
  );
  expect(rows.map(({ suite }) => suite)).toEqual([0x11, 0x11]);
  expect(account.edge.seen.at(-1)!.headers['x-tacet-no-log']).toBe('true');
});

test('an edge that is somebody else is not talked to', async () => {
  const { browser, path } = await converse();
  const { EdgeStandIn } = await import('./support/edge-stand-in.ts');
  const impostor = new EdgeStandIn();
  await account.edge.stop();
  await impostor.start(account.tlsOf('billing'), Number(new URL(account.process.environment['TACET_EDGE_INTERNAL_URL']!).port));
  try {
    expect((await say(browser, path, 'Who are you?')).json.error.code).toBe('unavailable');
    expect(impostor.seen).toEqual([]);
  } finally {
    await impostor.stop();
    await account.edge.start(account.tlsOf('edge'), Number(new URL(account.process.environment['TACET_EDGE_INTERNAL_URL']!).port));
  }
});
