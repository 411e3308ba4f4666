import { expect, test } from '@jest/globals';
import { ConfigurationError } from '@tacet/service';
import { loadConfig } from './config.ts';

const flags = ['--disable-sigusr1'];
const needed = {
  TACET_TLS_DIR: '/tls', TACET_EDGE_SPOOL_DIR: '/spool', TACET_EDGE_WORKERS_FILE: '/workers.yaml', TACET_KEY_CHECK_FILE: '/check',
  TACET_LEDGER_ADDRESS: 'billing:8447', TACET_DIRECTORY_ADDRESS: 'account:8445',
};
const embedded = { ...needed, TACET_EDGE_USAGE_SINK: 'direct', TACET_EDGE_LIMITER: 'memory' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment, flags);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('an embedded edge needs neither Kafka nor Redis', () => {
  expect(loadConfig(embedded, flags)).toMatchObject({ port: 8080, internalPort: 8444, kafkaBrokers: undefined, redisUrlFile: undefined, requestsMax: 4_096, keyStaleMs: 30_000 });
});

test('in a cluster both are needed, and several brokers may be named', () => {
  expect(problemsOf(needed)).toEqual(['TACET_KAFKA_BROKERS: is required', 'TACET_REDIS_URL_FILE: is required']);
  const config = loadConfig({ ...needed, TACET_KAFKA_BROKERS: 'k1:9092,k2:9092', TACET_REDIS_URL_FILE: '/redis' }, flags);
  expect([config.kafkaBrokers, config.redisUrlFile]).toEqual([['k1:9092', 'k2:9092'], '/redis']);
});

test('what belongs to an adapter that is not used changes nothing', () => {
  expect(loadConfig({ ...embedded, TACET_KAFKA_BROKERS: 'k1:9092', TACET_REDIS_URL_FILE: '/redis' }, flags)).toMatchObject({ kafkaBrokers: undefined, redisUrlFile: undefined });
});

test('everything that is wrong is told at once, without a value', () => {
  expect(problemsOf({ ...embedded, TACET_EDGE_SPOOL_BYTES_MAX: '1', TACET_EDGE_LIMITER: 'sesame', TACET_EDGE_DRAIN_MS_MAX: 'sesame', TACET_EDGE_TYPO: 'sesame' })).toEqual([
    'TACET_EDGE_DRAIN_MS_MAX: must be a number',
    'TACET_EDGE_LIMITER: must be one of redis, memory',
    `TACET_EDGE_SPOOL_BYTES_MAX: must be at least ${64 * 1024 * 1024}`,
    'TACET_EDGE_TYPO: is not a variable of this process',
  ]);
});
