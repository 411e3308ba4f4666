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
    epochFolder: '/epochs',
    dekCacheMs: 60_000,
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
    'TACET_KEY_SERVICE_EPOCH_STORE: must be one of file',
    'TACET_POSTGRES_URL_FILE: is not a variable of this process',
  ]);
});
