import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-billing-config-'));
const urlFile = join(folder, 'url');
writeFileSync(urlFile, 'postgres://tacet_billing:secret@db/tacet\n', { mode: 0o600 });
const flags = ['--disable-sigusr1'];
const least = { TACET_TLS_DIR: '/tls', TACET_POSTGRES_URL_FILE: urlFile };

test('what is not set has its default', () => {
  expect(loadConfig(least, flags)).toEqual({
    logLevel: 'info',
    listenHost: '127.0.0.1',
    metricsPort: 9093,
    rpcPort: 8447,
    tlsFolder: '/tls',
    postgresUrl: 'postgres://tacet_billing:secret@db/tacet',
    kafkaBrokers: [],
    sessionMs: 300_000,
    ledgerYears: 7,
    stripe: undefined,
  });
});

test('brokers are a list', () => {
  expect(loadConfig({ ...least, TACET_KAFKA_BROKERS: 'a:9092,b:9093' }, flags).kafkaBrokers).toEqual(['a:9092', 'b:9093']);
});

test.each([
  [{ TACET_TLS_DIR: undefined }, 'TACET_TLS_DIR: is required'],
  [{ TACET_KAFKA_BROKERS: 'a' }, 'TACET_KAFKA_BROKERS: is host:port, several separated by commas'],
  [{ TACET_KAFKA_BROKERS: 'a:1,,b:2' }, 'TACET_KAFKA_BROKERS'],
  [{ TACET_LEDGER_SESSION_MS: '999' }, 'TACET_LEDGER_SESSION_MS: must be at least 1000'],
  [{ TACET_BILLING_PORT: '1' }, 'TACET_BILLING_PORT: is not a variable of this process'],
])('%j is refused by name and rule', (variables, message) => {
  expect(() => loadConfig({ ...least, ...variables }, flags)).toThrow(message);
});

const stripeFiles = (key: string, secrets: string) => {
  writeFileSync(join(folder, 'stripe.key'), key, { mode: 0o600 });
  writeFileSync(join(folder, 'stripe.secret'), secrets, { mode: 0o600 });
  return { ...least, TACET_STRIPE_KEY_FILE: join(folder, 'stripe.key'), TACET_STRIPE_WEBHOOK_SECRET_FILE: join(folder, 'stripe.secret') };
};

test('payments need a key and the secrets of the webhook; several secrets are a list, the newest first', () => {
  expect(loadConfig(least, flags).stripe).toBeUndefined();
  expect(loadConfig(stripeFiles('rk_live_x1\n', 'whsec_new\nwhsec_old\n'), flags).stripe).toEqual({
    apiKey: 'rk_live_x1',
    webhookSecrets: ['whsec_new', 'whsec_old'],
    apiUrl: undefined,
    webhookPort: 8082,
  });
});

test.each([
  ['pk_test_x', 'whsec_x', {}, 'TACET_STRIPE_KEY_FILE: holds one'],
  ['sk_test_x', 'secret', {}, 'TACET_STRIPE_WEBHOOK_SECRET_FILE: holds'],
  ['sk_test_x', '', {}, 'TACET_STRIPE_WEBHOOK_SECRET_FILE: holds'],
  ['sk_live_x', 'whsec_x', { TACET_STRIPE_API_URL: 'http://127.0.0.1:1' }, 'a live key goes to Stripe alone'],
  ['sk_test_x', 'whsec_x', { TACET_STRIPE_API_URL: 'http://host/path' }, 'TACET_STRIPE_API_URL: is an origin'],
  ['sk_test_x', 'whsec_x', { TACET_STRIPE_WEBHOOK_SECRET_FILE: undefined }, 'TACET_STRIPE_KEY_FILE: goes with'],
])('a key %s with a secret %s and %j is refused, and never quoted', (key, secret, variables, message) => {
  const attempt = () => loadConfig({ ...stripeFiles(key, secret), ...variables }, flags);
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow(key);
});

test('a secret that others may read is refused, and never quoted', () => {
  chmodSync(urlFile, 0o644);
  expect(() => loadConfig(least, flags)).toThrow(/^TACET_POSTGRES_URL_FILE: .*(?!secret)$/);
  chmodSync(urlFile, 0o600);
});
