import { expect, test } from '@jest/globals';
import { ConfigurationError } from '@tacet/service';
import { loadConfig } from './config.ts';

const flags = ['--disable-sigusr1'];
const minimal = {
  TACET_TLS_DIR: '/tls',
  TACET_POSTGRES_URL_FILE: '/url',
  TACET_ACCOUNT_PEPPER_DIR: '/peppers',
  TACET_KEY_CHECK_FILE: '/check',
  TACET_KEYS_ADDRESS: 'key-service:8446',
  TACET_LEDGER_ADDRESS: 'billing:8447',
  TACET_EDGE_INTERNAL_URL: 'https://edge:8444',
  TACET_ACCOUNT_PUBLIC_URL: 'https://tacet.example',
};

function problemsOf(further: Record<string, string>): readonly string[] {
  try {
    loadConfig({ ...minimal, ...further }, flags);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('what is not set is the safest there is', () => {
  const config = loadConfig(minimal, flags);
  expect(config).toMatchObject({
    signUp: 'closed',
    mail: { kind: 'none' },
    trustedProxies: 0,
    httpPort: 8081,
    rpcPort: 8445,
    metricsPort: 9091,
    listenHost: '127.0.0.1',
    receiptKeyFile: undefined,
  });
  expect([config.publicOrigin, config.mailFrom]).toEqual(['https://tacet.example', 'no-reply@tacet.example']);
});

test.each([
  [{ TACET_ACCOUNT_PUBLIC_URL: 'http://tacet.example' }, 'TACET_ACCOUNT_PUBLIC_URL: must be https unless the host is loopback'],
  [{ TACET_ACCOUNT_PUBLIC_URL: 'http://127.0.0.1.evil.example' }, 'TACET_ACCOUNT_PUBLIC_URL: must be https unless the host is loopback'],
  [
    { TACET_ACCOUNT_PUBLIC_URL: 'https://tacet.example/path' },
    'TACET_ACCOUNT_PUBLIC_URL: is an origin (https://host[:port] or http://host[:port])',
  ],
  [{ TACET_EDGE_INTERNAL_URL: 'http://edge:8444' }, 'TACET_EDGE_INTERNAL_URL: is an origin (https://host[:port])'],
  [{ TACET_ACCOUNT_SIGNUP: 'open' }, 'TACET_ACCOUNT_SIGNUP: needs TACET_ACCOUNT_SMTP_URL_FILE or TACET_ACCOUNT_MAIL_DIR unless closed'],
  [{ TACET_ACCOUNT_SIGNUP: 'everyone' }, 'TACET_ACCOUNT_SIGNUP: must be one of closed, invite, open'],
  [
    { TACET_ACCOUNT_MAIL_DIR: '/m', TACET_ACCOUNT_SMTP_URL_FILE: '/s' },
    'TACET_ACCOUNT_MAIL_DIR: must not be set beside TACET_ACCOUNT_SMTP_URL_FILE',
  ],
  [{ TACET_ACCOUNT_MAIL_FROM: 'a\nb@c' }, 'TACET_ACCOUNT_MAIL_FROM: is an address'],
  [{ TACET_TRUSTED_PROXIES: '11' }, 'TACET_TRUSTED_PROXIES: must be at most 10'],
  [{ TACET_ACCOUNT_STRIPE_KEY_FILE: '/k' }, 'TACET_ACCOUNT_STRIPE_KEY_FILE: is not a variable of this process'],
])('%j is refused', (further, problem) => {
  expect(problemsOf(further)).toEqual([problem]);
});

test.each(['http://127.0.0.1:8081', 'http://localhost:8081', 'http://[::1]:8081'])(
  'without TLS %s is allowed, since it cannot be reached from elsewhere',
  (url) => {
    expect(problemsOf({ TACET_ACCOUNT_PUBLIC_URL: url })).toEqual([]);
  },
);
