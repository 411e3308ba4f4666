import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { password, startAccount, tokenIn, type AccountUnderTest } from './support/account-under-test.ts';
import { Browser, type Answer, type CallOptions } from './support/browser.ts';
import { refuseWith } from './support/edge-stand-in.ts';
import { eventually } from '@tacet/testing';

/*
 * Calls every operation of openapi.json at the real process and holds each answer to the document itself: its status
 * must be listed, its type too, and its body must fit the schema, which is read back out of the JSON.
 */

let account: AccountUnderTest;
let document: Document;
const called = new Map<string, Set<string>>();

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: object;
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly headers?: object;
        readonly content?: Readonly<Record<string, { readonly schema: Record<string, unknown> }>>;
      }
    >
  >;
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

/** A browser whose every answer is compared with the document. */
class CheckedBrowser extends Browser {
  override async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const answer = await super.call(method, path, options);
    const template = templateOf(path.split('?')[0]!);
    const operation = document.paths[template]?.[method.toLowerCase()];
    if (operation) {
      checkAnswer(`${method} ${template}`, operation, answer);
      const name = `${method} ${template}`;
      called.set(name, (called.get(name) ?? new Set()).add(String(answer.status)));
    }
    return answer;
  }
}

function templateOf(path: string): string {
  const matches = Object.keys(document.paths).filter((template) =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return matches.find((template) => template === path) ?? matches[0] ?? path;
}

function checkAnswer(name: string, { responses }: Operation, answer: Answer): void {
  const response = responses[String(answer.status)];
  if (!response) throw new Error(`${name} answered ${answer.status}, which is not documented`);
  const type = String(answer.headers['content-type'] ?? '').split(';')[0]!;
  if (response.content === undefined) return expect([name, answer.text]).toEqual([name, '']);
  const { schema } = response.content[type] ?? {};
  if (!schema) throw new Error(`${name} answered ${answer.status} as ${type || 'nothing'}, which is not documented`);
  expect(Boolean(response.headers)).toBe(answer.headers['set-cookie'] !== undefined);
  if (type !== 'application/json') return;
  const resolved = '$ref' in schema ? document.components.schemas['Error']! : schema;
  const parsed = z.fromJSONSchema(resolved).safeParse(answer.json);
  if (!parsed.success) throw new Error(`${name} ${answer.status}: ${JSON.stringify(parsed.error.issues)}`);
}

beforeAll(async () => {
  account = await startAccount();
  document = (await account.browser().get('/openapi.json')).json as Document;
}, 60_000);
afterAll(() => account.stop());

const browser = () => new CheckedBrowser(account.url);

async function signedIn() {
  const { browser: signed, accountId, email } = await account.signIn();
  const checked = browser();
  checked.cookie = signed.cookie;
  return { browser: checked, accountId, email };
}

test('the document is served to everybody, and every operation says what it does, who may call it, and what it answers', async () => {
  expect(document.openapi).toBe('3.1.0');
  expect((await browser().get('/openapi.json')).status).toBe(200);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, operation })),
  );
  expect(operations.length).toBe(34);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { name, path, operation } of operations) {
    expect([
      name,
      operation.summary.length > 10,
      Object.keys(operation.responses).some((status) => status.startsWith('2')),
      '500' in operation.responses,
    ]).toEqual([name, true, true, true]);
    const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name);
    expect(parameters).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter));
  }
});

test('sign-up, verification, sign-in and passwords answer as documented', async () => {
  const person = browser();
  expect((await person.post('/api/signup', { email: 'documented@example.test', password })).status).toBe(202);
  expect((await person.post('/api/signup', { email: 'x', password })).status).toBe(400);
  const token = tokenIn(await account.mailTo('documented@example.test'));
  expect((await person.post('/api/verify', { token })).status).toBe(200);
  expect((await person.post('/api/verify', { token })).status).toBe(400);
  expect((await person.get('/api/session')).status).toBe(200);
  expect((await person.post('/api/session/reauthenticate', { password })).status).toBe(204);
  expect((await person.post('/api/session/reauthenticate', { password: 'wrong' })).status).toBe(401);
  expect((await person.delete('/api/session')).status).toBe(204);
  expect((await person.get('/api/session')).status).toBe(401);
  expect((await person.post('/api/reset', { email: 'documented@example.test' })).status).toBe(202);
  const reset = tokenIn(await account.mailTo('documented@example.test', /new password/));
  expect((await person.post('/api/reset/confirm', { token: reset, password: 'yet another password' })).status).toBe(200);
  expect((await person.post('/api/session', { email: 'documented@example.test', password })).status).toBe(401);
  expect((await person.post('/api/session', { email: 'documented@example.test', password: 'yet another password' })).status).toBe(200);
  expect((await person.get('/api/session', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await person.call('POST', '/api/session', { rawBody: 'x'.repeat(1_100_000) })).status).toBe(413);
  expect((await person.call('POST', '/api/session', { rawBody: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  for (let i = 0; i < 12; i++) await person.post('/api/session', { email: 'documented@example.test', password: 'wrong' });
  expect(called.get('POST /api/session')).toEqual(new Set(['200', '401', '413', '415', '429']));
}, 60_000);

test('settings, keys, balance and usage answer as documented', async () => {
  const { browser: person, accountId } = await signedIn();
  account.ledger.usage = [
    {
      request: {
        requestId: Buffer.from('01900000000070008000000000000001', 'hex'),
        modelId: 'm',
        priceVersion: 1,
        chargedNano: '5',
        chargeNano: '5',
        status: 'ok',
        usageSource: 'exact',
        route: 'r',
        finishedAtMs: 1_000,
      },
    },
    { period: { period: '2026-03-04', modelId: 'm', priceVersion: 1, chargedNano: '7' } },
  ];
  expect((await person.get('/api/settings')).status).toBe(200);
  expect((await person.patch('/api/settings', { all_keys_no_log: true })).status).toBe(200);
  expect((await person.get('/api/keys')).status).toBe(200);
  const { json } = await person.post('/api/keys', { name: 'k', models: ['m'], expires_at: '2100-01-01T00:00:00Z' });
  expect((await person.get('/api/keys?limit=1')).json.data).toHaveLength(1);
  expect((await person.delete(`/api/keys/${json.id}`)).status).toBe(204);
  expect((await person.delete('/api/keys/01900000-0000-7000-8000-000000000001')).status).toBe(404);
  expect((await person.get('/api/balance')).status).toBe(200);
  expect((await person.get('/api/usage')).json.data).toHaveLength(1);
  account.ledger.statement = [{ atMs: '1000', kind: 'closing', balanceNano: '5' }];
  expect((await person.get('/api/statement')).json.lines).toHaveLength(1);
  expect((await person.get('/api/statement?format=csv&from=2026-01-01T00:00:00Z')).text.split('\r\n')).toHaveLength(3);
  expect((await person.get('/api/statement?format=xml')).status).toBe(400);
  account.ledger.opened.delete(accountId.replaceAll('-', ''));
  expect((await person.get('/api/balance')).status).toBe(404);
  account.ledger.opened.add(accountId.replaceAll('-', ''));
  await account.owner.query("UPDATE account.session SET authenticated_at = now() - interval '1 hour' WHERE account_id = $1", [accountId]);
  expect((await person.post('/api/keys', { name: 'k' })).status).toBe(403);
});

test('payments answer as documented', async () => {
  const { browser: person, accountId } = await signedIn();
  expect((await person.get('/api/payments')).json).toMatchObject({ open: true, portal: false, auto_top_up: null });
  const purchase = { amount_nano_usd: '5000000000', request_id: '01900000-0000-7000-8000-00000000cafe' };
  expect((await person.post('/api/payments/checkout', purchase)).json).toEqual({
    url: 'https://checkout.example.test/cs_1',
    session_id: 'cs_1',
    expires_at: '2023-11-14T22:13:20.000Z',
  });
  expect(account.ledger.purchases.at(-1)).toMatchObject({
    accountId: Buffer.from(accountId.replaceAll('-', ''), 'hex'),
    requestId: Buffer.from('0190000000007000800000000000cafe', 'hex'),
    amountNano: '5000000000',
    monthly: false,
    saveCard: false,
    successUrl: `${account.url}/settings?payment=done`,
  });
  expect((await person.post('/api/payments/checkout', { ...purchase, monthly: true })).status).toBe(201);
  expect((await person.post('/api/payments/portal', undefined)).status).toBe(201);
  const wish = { below_nano_usd: '1000000000', amount_nano_usd: '5000000000', month_max_nano_usd: '20000000000' };
  expect((await person.post('/api/payments/auto-top-up', wish)).json.auto_top_up).toMatchObject(wish);
  expect((await person.get('/api/payments')).json.auto_top_up).toMatchObject({ ...wish, declined: false });
  expect((await person.delete('/api/payments/auto-top-up')).status).toBe(204);
  expect((await person.get('/api/payments')).json.auto_top_up).toBeNull();
  account.ledger.failWith = 'payments_closed';
  for (const path of ['checkout', 'portal', 'auto-top-up']) {
    const { status, json } = await person.post(`/api/payments/${path}`, path === 'checkout' ? purchase : path === 'portal' ? undefined : wish);
    expect([path, status, json.error.code]).toEqual([path, 403, 'payments_closed']);
  }
  account.ledger.failWith = undefined;
});

test('conversations and messages answer as documented', async () => {
  const { browser: person } = await signedIn();
  const { json } = await person.post('/api/conversations', { model: 'm', title: 't', ephemeral: true });
  const path = `/api/conversations/${json.id}`;
  expect((await person.get('/api/conversations')).json.data).toHaveLength(1);
  expect((await person.get(path)).status).toBe(200);
  expect((await person.patch(path, { title: 'u' })).status).toBe(200);
  expect((await person.post(`${path}/messages`, { content: 'Hello' })).status).toBe(200);
  for (const [status, code] of [
    [402, 'insufficient_balance'],
    [404, 'model_unknown'],
    [429, 'in_flight_budget'],
    [503, 'no_worker'],
    [502, 'worker_failed'],
  ] as const) {
    account.edge.next.push(refuseWith(status, code));
    expect((await person.post(`${path}/messages`, { content: 'Hello' })).status).toBe(status);
  }
  const { data } = (await person.get(`${path}/messages`)).json;
  expect(data.length).toBe(7);
  expect((await person.post(`${path}/messages`, { content: 'Hello, edited', parent_id: null })).status).toBe(200);
  expect((await person.post(`${path}/messages`, { content: 'Hello', parent_id: json.id })).status).toBe(400);
  expect((await person.post(`${path}/messages/${data[0].id}/answers`, undefined)).status).toBe(200);
  expect((await person.post(`${path}/messages/${json.id}/answers`, undefined)).status).toBe(404);
  account.keys.failWith = 'kek_disabled';
  expect((await person.get(`${path}/messages`)).status).toBe(423);
  account.keys.failWith = undefined;
  await account.owner.query('UPDATE account.conversation SET expires_at = now() WHERE id = $1', [json.id]);
  expect((await person.get(path)).status).toBe(410);
  expect((await person.get(`${path}/messages`)).status).toBe(410);
  expect((await person.delete(path)).status).toBe(204);
});

test('export, deletion, receipts and public keys answer as documented', async () => {
  const { browser: person } = await signedIn();
  await person.post('/api/keys', { name: 'k' });
  const { json } = await person.post('/api/conversations', { model: 'm' });
  await person.post(`/api/conversations/${json.id}/messages`, { content: 'Hello' });
  expect((await person.get('/api/account/export')).status).toBe(200);
  const receipt = ((await person.delete('/api/account')).json.receipt_url as string).replace(account.url, '');
  expect([200, 202]).toContain((await person.get(receipt)).status);
  await eventually('the receipt', async () => (await person.get(receipt)).status === 200);
  expect((await person.get(`${receipt.slice(0, -43)}${'A'.repeat(43)}`)).status).toBe(404);
  expect((await person.get('/.well-known/tacet-keys')).json.keys).toHaveLength(1);
});

test('every documented operation was called, and answered well at least once', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const answered = [...called].filter(([, statuses]) => [...statuses].some((status) => status.startsWith('2'))).map(([name]) => name);
  expect(answered.sort()).toEqual(documented.sort());
});
