import { expect, test } from '@jest/globals';
import { ConfigurationError } from '@tacet/service';
import { loadConfig } from './config.ts';

const flags = ['--disable-sigusr1'];
const required = { TACET_TLS_DIR: '/tls', TACET_POSTGRES_URL_FILE: '/url', TACET_KEYS_ADDRESS: 'keys:8446' };

test('a loop serves metrics, a sweep takes any port', () => {
  expect(loadConfig({ kind: 'loop' }, required, flags)).toMatchObject({ metricsPort: 9094, intervalMs: 120_000 });
  expect(loadConfig({ kind: 'sweep', nowMs: undefined }, { ...required, TACET_METRICS_PORT: '9094' }, flags)).toMatchObject({ metricsPort: 0 });
});

test('an interval that would break the promise of 5 minutes is refused', () => {
  expect(() => loadConfig({ kind: 'loop' }, { ...required, TACET_PRUNER_INTERVAL_MS: '300001' }, flags)).toThrow(ConfigurationError);
  expect(() => loadConfig({ kind: 'loop' }, { ...required, TACET_PRUNER_INTERVAL_MS: '999' }, flags)).toThrow(ConfigurationError);
});
