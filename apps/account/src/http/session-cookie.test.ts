import { expect, test } from '@jest/globals';
import { createOriginCheck } from './check-origin.ts';
import { createSessionCookie } from './session-cookie.ts';

const token = 'A'.repeat(43);

test('with TLS the cookie is bound to the host and to TLS; without, it is another one', () => {
  const secure = createSessionCookie('https://tacet.example');
  expect(secure.set(token)).toBe(`__Host-tacet=${token}; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Lax`);
  expect(secure.clear()).toBe('__Host-tacet=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax');
  expect(secure.read(`tacet=${token}`)).toBeUndefined();
  expect(createSessionCookie('http://127.0.0.1:1').set(token)).toBe(`tacet=${token}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax`);
});

test.each([
  [`other=1; __Host-tacet=${token}`, token],
  [`__Host-tacet=${token}x`, undefined],
  ['__Host-tacet=', undefined],
  ['', undefined],
  [undefined, undefined],
])('the token of %j', (header, read) => {
  expect(createSessionCookie('https://tacet.example').read(header)).toBe(read);
});

test('with TLS only the very origin passes', () => {
  const check = createOriginCheck('https://tacet.example');
  const ask = (headers: Record<string, string>) => () => check({ headers } as never);
  expect(ask({})).not.toThrow();
  expect(ask({ origin: 'https://tacet.example' })).not.toThrow();
  for (const origin of ['http://tacet.example', 'https://tacet.example:8443', 'https://a.tacet.example', 'null', ''])
    expect(ask({ origin })).toThrow(expect.objectContaining({ code: 'origin_refused' }));
});
