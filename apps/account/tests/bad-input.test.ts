import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { password, startAccount, type AccountUnderTest } from './support/account-under-test.ts';
import type { Browser } from './support/browser.ts';
import { dumpDatabase } from './support/dump-database.ts';
import { describedRoutes } from './support/routes.ts';

/*
 * Every route is given what it does not take. It must answer with a typed error that names the field where there is
 * one, repeat nothing of what it was given, and write nothing. `canary` marks whatever is sent.
 */

let account: AccountUnderTest;
let browser: Browser;
let conversation: string;

beforeAll(async () => {
  account = await startAccount();
  ({ browser } = await account.signIn());
  conversation = (await browser.post('/api/conversations', { model: 'm', title: 'Untouched' })).json.id;
}, 60_000);
afterAll(() => account.stop());
beforeEach(() => account.owner.query('DELETE FROM account.throttle').then(() => undefined));

const unknownId = '01900000-0000-7000-8000-00000000cafe';
const pathOf = (path: string) => path.replace('{id}', conversation).replace('{token}', 'A'.repeat(43));

/** Everything but the counters of attempts and revisions, which refused requests may move. */
const state = async () => (await dumpDatabase(account.database)).split('account.throttle')[0];

async function expectRefused(
  method: string,
  path: string,
  options: Parameters<Browser['call']>[2],
  expected: { status: number; code: string; param?: string | null },
): Promise<void> {
  const before = await state();
  const answer = await browser.call(method, path, options);
  expect({ status: answer.status, code: answer.json.error?.code, param: answer.json.error?.param }).toEqual({ param: null, ...expected });
  expect(answer.text).not.toContain('canary');
  expect(JSON.stringify(answer.headers)).not.toContain('canary');
  expect(await state()).toBe(before);
}

const withBody = describedRoutes().filter(({ body }) => body !== undefined);
const names = withBody.map(({ method, path }) => [method, path] as const);

test('the list below covers every route that takes a body', () => {
  expect(names.map((name) => name.join(' ')).sort()).toEqual([...new Set(fields.map(([method, path]) => `${method} ${path}`))].sort());
});

test.each(names)('%s %s: a body that is no JSON, no object, no UTF-8, of another type, encoded, or too large', async (method, path) => {
  const at = pathOf(path);
  const refuse = (options: Parameters<Browser['call']>[2], status: number, code: string, param: string | null = null) =>
    expectRefused(method, at, options, { status, code, param });
  await refuse({ rawBody: '{"canary": ' }, 400, 'invalid_json');
  await refuse({ rawBody: '"canary"' }, 400, 'invalid_json');
  await refuse({ rawBody: '["canary"]' }, 400, 'invalid_json');
  await refuse({ rawBody: '' }, 400, 'invalid_json');
  await refuse({ rawBody: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }, 400, 'invalid_json');
  await refuse(
    { rawBody: 'canary=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'encoding_unsupported',
    'content-type',
  );
  await refuse(
    { rawBody: '{}', headers: { 'content-type': 'application/json; charset=canary' } },
    415,
    'encoding_unsupported',
    'content-type',
  );
  await refuse({ rawBody: '{}', headers: { 'content-encoding': 'gzip' } }, 415, 'encoding_unsupported', 'content-encoding');
  await refuse({ rawBody: `{"canary":"${'x'.repeat(1_048_576)}"}` }, 413, 'body_too_large');
});

const long = `canary${'x'.repeat(300)}`;

/** What a field may not be, and the name that the error must give. */
const fields: readonly (readonly [string, string, object, string | null])[] = [
  ['POST', '/api/signup', { password }, 'email'],
  ['POST', '/api/signup', { email: 'canary', password }, 'email'],
  ['POST', '/api/signup', { email: `${long}@canary.test`, password }, 'email'],
  ['POST', '/api/signup', { email: 'a@canary.test\nbcc: b@canary.test', password }, 'email'],
  ['POST', '/api/signup', { email: ['a@canary.test'], password }, 'email'],
  ['POST', '/api/signup', { email: 'a@canary.test', password: 'canary-12' }, 'password'],
  ['POST', '/api/signup', { email: 'a@canary.test', password: `canary${'x'.repeat(1_024)}` }, 'password'],
  ['POST', '/api/signup', { email: 'a@canary.test', password: 'canary-canary\ud800' }, 'password'],
  ['POST', '/api/signup', { email: 'a@canary.test', password, 'canary-field': 1 }, null],
  ['POST', '/api/verify', {}, 'token'],
  ['POST', '/api/verify', { token: 'canary' }, 'token'],
  ['POST', '/api/verify', { token: 'canary'.padEnd(43, 'A') }, 'token'],
  ['POST', '/api/reset', { email: 5 }, 'email'],
  ['POST', '/api/reset/confirm', { token: 'canary'.padEnd(43, 'A'), password: 'canary-12' }, 'password'],
  ['POST', '/api/reset/confirm', { token: 'canary'.padEnd(43, 'A'), password }, 'token'],
  ['POST', '/api/session', { email: 'a@canary.test' }, 'password'],
  ['POST', '/api/session', { email: 'a@canary.test', password: null }, 'password'],
  ['POST', '/api/session', { email: 'a@canary.test', password: `canary${'x'.repeat(1_024)}` }, 'password'],
  ['POST', '/api/session/reauthenticate', {}, 'password'],
  ['PATCH', '/api/settings', { all_keys_no_log: 'canary' }, 'all_keys_no_log'],
  ['PATCH', '/api/settings', { ephemeral_by_default: 1 }, 'ephemeral_by_default'],
  ['POST', '/api/keys', {}, 'name'],
  ['POST', '/api/keys', { name: long }, 'name'],
  ['POST', '/api/keys', { name: ' ' }, 'name'],
  ['POST', '/api/keys', { name: 'canary\u0000' }, 'name'],
  ['POST', '/api/keys', { name: 'canary\ud800' }, 'name'],
  ['POST', '/api/keys', { name: 'k', no_log: 'canary' }, 'no_log'],
  ['POST', '/api/keys', { name: 'k', models: 'canary' }, 'models'],
  ['POST', '/api/keys', { name: 'k', models: ['ok', long] }, 'models.1'],
  ['POST', '/api/keys', { name: 'k', models: Array.from({ length: 101 }, () => 'canary') }, 'models'],
  ['POST', '/api/keys', { name: 'k', limits: { requests_per_minute: -1 } }, 'limits.requests_per_minute'],
  ['POST', '/api/keys', { name: 'k', limits: { requests_per_minute: 1.5 } }, 'limits.requests_per_minute'],
  ['POST', '/api/keys', { name: 'k', limits: { requests_per_minute: 4_294_967_296 } }, 'limits.requests_per_minute'],
  ['POST', '/api/keys', { name: 'k', limits: { tokens_per_minute: 1e300 } }, 'limits.tokens_per_minute'],
  ['POST', '/api/keys', { name: 'k', limits: { spend_day_nano_usd: 5 } }, 'limits.spend_day_nano_usd'],
  ['POST', '/api/keys', { name: 'k', limits: { spend_day_nano_usd: '-5' } }, 'limits.spend_day_nano_usd'],
  ['POST', '/api/keys', { name: 'k', limits: { spend_day_nano_usd: '9223372036854775808' } }, 'limits.spend_day_nano_usd'],
  ['POST', '/api/keys', { name: 'k', limits: { 'canary-limit': 1 } }, 'limits'],
  ['POST', '/api/keys', { name: 'k', expires_at: 'canary' }, 'expires_at'],
  ['POST', '/api/keys', { name: 'k', expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
  ['POST', '/api/payments/checkout', {}, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: 5_000_000_000 }, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: 'canary' }, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '-5000000000' }, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '5000000001' }, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '990000000' }, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '10000010000000' }, 'amount_nano_usd'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '5000000000', monthly: 'canary' }, 'monthly'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '5000000000', monthly: true, save_card: true }, 'save_card'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '5000000000', request_id: 'canary' }, 'request_id'],
  ['POST', '/api/payments/checkout', { amount_nano_usd: '5000000000', success_url: 'https://canary.test' }, null],
  ['POST', '/api/payments/auto-top-up', { amount_nano_usd: '5000000000', month_max_nano_usd: '5000000000' }, 'below_nano_usd'],
  [
    'POST',
    '/api/payments/auto-top-up',
    { below_nano_usd: '0', amount_nano_usd: '5000000000', month_max_nano_usd: '4990000000' },
    'month_max_nano_usd',
  ],
  ['POST', '/api/conversations', {}, 'model'],
  ['POST', '/api/conversations', { model: '' }, 'model'],
  ['POST', '/api/conversations', { model: `canary${'é'.repeat(130)}` }, 'model'],
  ['POST', '/api/conversations', { model: 'm', title: long }, 'title'],
  ['POST', '/api/conversations', { model: 'm', title: 'canary\n' }, 'title'],
  ['POST', '/api/conversations', { model: 'm', ephemeral: 'canary' }, 'ephemeral'],
  ['PATCH', '/api/conversations/{id}', { model: 7 }, 'model'],
  ['PATCH', '/api/conversations/{id}', { title: { canary: 1 } }, 'title'],
  ['PATCH', '/api/conversations/{id}', { ephemeral: false }, 'ephemeral'],
  ['PATCH', '/api/conversations/{id}', { expires_at: 'canary' }, null],
  ['POST', '/api/conversations/{id}/messages', {}, 'content'],
  ['POST', '/api/conversations/{id}/messages', { content: '' }, 'content'],
  ['POST', '/api/conversations/{id}/messages', { content: ['canary'] }, 'content'],
  ['POST', '/api/conversations/{id}/messages', { content: 'canary\udc00' }, 'content'],
  ['POST', '/api/conversations/{id}/messages', { content: 'x', role: 'system' }, null],
  ['POST', '/api/conversations/{id}/messages', { content: 'x', parent_id: 'canary' }, 'parent_id'],
];

test.each(fields)('%s %s %j: field_invalid %s', async (method, path, body, param) => {
  await expectRefused(method, pathOf(path), { body }, { status: 400, code: 'field_invalid', param });
});

const withId = describedRoutes().filter(({ path }) => path.includes('{id}'));

test.each(withId.map(({ method, path }) => [method, path.replace('{message}', unknownId)] as const))(
  '%s %s: an id that is none, and one of nobody',
  async (method, path) => {
    const bodies: Readonly<Record<string, object>> = {
      'PATCH /api/conversations/{id}': { title: 't' },
      'POST /api/conversations/{id}/messages': { content: 'canary' },
    };
    const body = bodies[`${method} ${path}`];
    const options = body ? { body } : {};
    await expectRefused(method, path.replace('{id}', 'canary'), options, { status: 400, code: 'field_invalid', param: 'id' });
    await expectRefused(method, path.replace('{id}', '..%2f..%2fcanary'), options, { status: 400, code: 'field_invalid', param: 'id' });
    await expectRefused(method, path.replace('{id}', unknownId), options, { status: 404, code: 'not_found' });
  },
);

test.each([
  ['/api/keys?limit=0', 'limit'],
  ['/api/keys?limit=201', 'limit'],
  ['/api/keys?limit=canary', 'limit'],
  ['/api/keys?limit=1&limit=2', 'limit'],
  ['/api/keys?cursor=canary', 'cursor'],
  ['/api/keys?canary=1', null],
  ['/api/conversations?cursor=bnVsbA', 'cursor'],
  ['/api/conversations?limit=1.5', 'limit'],
  ['/api/usage?from=canary', 'from'],
  ['/api/usage?to=2026-13-01T00:00:00Z', 'to'],
  ['/api/usage?cursor=eyJhIjoxfQ', 'cursor'],
] as const)('GET %s: field_invalid %s', async (path, param) => {
  await expectRefused('GET', path, {}, { status: 400, code: 'field_invalid', param });
});

test('a page of messages takes only a cursor of its own', async () => {
  await expectRefused(
    'GET',
    `/api/conversations/${conversation}/messages?cursor=${Buffer.from('-5').toString('base64url')}`,
    {},
    { status: 400, code: 'field_invalid', param: 'cursor' },
  );
  await expectRefused('GET', '/api/receipts/canary', {}, { status: 400, code: 'field_invalid', param: 'token' });
});

const signedIn = describedRoutes().filter(({ access }) => access === 'session' || access === 'recent');

test.each(signedIn.map(({ method, path }) => [method, path] as const))(
  '%s %s: not without a session, nor with an invented one',
  async (method, path) => {
    const before = await state();
    for (const cookie of [undefined, 'tacet=canary', `tacet=${'A'.repeat(43)}`]) {
      const stranger = account.browser();
      stranger.cookie = cookie;
      const { status, json } = await stranger.call(method, pathOf(path), { body: {} });
      expect([status, json.error.code]).toEqual([401, 'session_missing']);
    }
    expect(await state()).toBe(before);
  },
);

test('a path or method that is not there is said so, without repeating it', async () => {
  await expectRefused('GET', '/api/canary', {}, { status: 404, code: 'route_unknown' });
  await expectRefused('GET', '/api/KEYS', {}, { status: 404, code: 'route_unknown' });
  await expectRefused('GET', '/api/keys/%E0%A4%A', {}, { status: 400, code: 'bad_request' });
  await expectRefused('PUT', '/api/keys', { body: {} }, { status: 405, code: 'method_not_allowed' });
  expect((await browser.call('PUT', '/api/session', { body: {} })).headers['allow']).toBe('POST, GET, DELETE');
});

async function sendRaw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(account.url).port), '127.0.0.1');
  socket.write(bytes);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test('what is no HTTP, and headers that are too large, get the envelope too', async () => {
  const garbage = await sendRaw('canary canary canary\r\n\r\n');
  expect(garbage).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(JSON.parse(garbage.split('\r\n\r\n')[1]!).error.code).toBe('bad_request');
  const large = await sendRaw(`GET / HTTP/1.1\r\nhost: x\r\nx-canary: ${'c'.repeat(20_000)}\r\n\r\n`);
  expect(large).toMatch(/^HTTP\/1\.1 431 /);
  expect(`${garbage}${large}`).not.toContain('canary');
});

test('a body that grows beyond the limit on its way is refused, and the connection serves on', async () => {
  const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
  const head = `POST /api/keys HTTP/1.1\r\nhost: x\r\ncookie: ${browser.cookie}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
  const answers = await sendRaw(
    `${head}${chunk.repeat(20)}0\r\n\r\nGET /api/session HTTP/1.1\r\nhost: x\r\ncookie: ${browser.cookie}\r\nconnection: close\r\n\r\n`,
  );
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200']);
});

test('nothing of all this is in the log', async () => {
  expect(await account.log()).not.toContain('canary');
});
