import { expect, test } from '@jest/globals';
import { ConfigurationError } from '@tacet/service';
import { loadConfig } from './config.ts';

const flags = ['--disable-sigusr1'];
const required = { TACET_TLS_DIR: '/tls', TACET_KEYSTORE_URL_FILE: '/url', TACET_KEY_SERVICE_KEK_DIR: '/keks', TACET_KEY_SERVICE_EPOCH_DIR: '/epochs' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig({ ...required, ...environment }, flags);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('with what is required alone, the rest has its documented defaults', () => {
  expect(loadConfig(required, flags)).toEqual({
    logLevel: 'info',
    listenHost: '127.0.0.1',
    metricsPort: 9092,
    rpcPort: 8446,
    tlsFolder: '/tls',
    keystoreUrlFile: '/url',
    kekFolder: '/keks',
    epochs: { folder: '/epochs' },
    policyFile: undefined,
    providersFile: undefined,
    dekCacheMs: 60_000,
    directoryAddress: undefined,
    backupDays: 7,
  });
});

test('a DEK cache of more than five minutes is refused', () => {
  expect(problemsOf({ TACET_KEY_SERVICE_DEK_CACHE_MS: '300000' })).toEqual([]);
  expect(problemsOf({ TACET_KEY_SERVICE_DEK_CACHE_MS: '300001' })).toEqual(['TACET_KEY_SERVICE_DEK_CACHE_MS: must be at most 300000']);
  expect(problemsOf({ TACET_KEY_SERVICE_DEK_CACHE_MS: '0' })).toEqual(['TACET_KEY_SERVICE_DEK_CACHE_MS: must be at least 1']);
});

test('an unknown epoch store and variables of other processes are refused', () => {
  expect(problemsOf({ TACET_KEY_SERVICE_EPOCH_STORE: 'memory', TACET_POSTGRES_URL_FILE: '/x' })).toEqual([
    'TACET_KEY_SERVICE_EPOCH_STORE: must be one of file, redis',
    'TACET_POSTGRES_URL_FILE: is not a variable of this process',
  ]);
});

test('each store of epochs needs what it is reached by, and nothing of the other', () => {
  const { TACET_KEY_SERVICE_EPOCH_DIR: _, ...without } = required;
  const load = (variables: Record<string, string>) => loadConfig({ ...without, ...variables }, flags).epochs;
  expect(load({ TACET_KEY_SERVICE_EPOCH_STORE: 'redis', TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE: '/redis' })).toEqual({ redisUrlFile: '/redis' });
  expect(() => load({})).toThrow('TACET_KEY_SERVICE_EPOCH_DIR: is required');
  expect(() => load({ TACET_KEY_SERVICE_EPOCH_STORE: 'redis' })).toThrow('TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE: is required');
});
