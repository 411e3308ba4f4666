import { parseCookie, stringifySetCookie } from 'cookie';
import { sessionMsMax } from '../sessions/sessions.ts';

/** The cookie that carries a session's token. */
export interface SessionCookie {
  readonly name: string;
  /** The token in a `Cookie` header, if there is one. */
  read(header: string | undefined): string | undefined;
  /** The `Set-Cookie` header that hands a token over. */
  set(plaintextToken: string): string;
  /** The `Set-Cookie` header that takes it back. */
  clear(): string;
}

/**
 * `__Host-tacet` with Secure: browsers send it to this very host and over TLS alone. Without TLS, which the
 * configuration allows on loopback only, it is `tacet`, since browsers refuse `__Host-` there.
 */
export function createSessionCookie(publicOrigin: string): SessionCookie {
  const secure = publicOrigin.startsWith('https:');
  const name = secure ? '__Host-tacet' : 'tacet';
  const attributes = { httpOnly: true, secure, sameSite: 'lax', path: '/' } as const;
  return {
    name,
    read: (header) => {
      const token = header === undefined ? undefined : parseCookie(header)[name];
      return token !== undefined && /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined;
    },
    set: (plaintextToken) => stringifySetCookie({ name, value: plaintextToken, ...attributes, maxAge: sessionMsMax / 1_000 }),
    clear: () => stringifySetCookie({ name, value: '', ...attributes, maxAge: 0 }),
  };
}
