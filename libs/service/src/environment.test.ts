import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { address, amount, commonVariables, ConfigurationError, port, readEnvironment } from './environment.ts';

const shape = { ...commonVariables, TACET_EDGE_PORT: port().default(8080), TACET_LEDGER_ADDRESS: address(), TACET_EDGE_DRAIN_MS: amount(0, 10).default(5), TACET_EDGE_LIMITER: z.enum(['redis', 'memory']).default('memory') };
const flags = ['--disable-sigusr1'];

function problemsOf(environment: Record<string, string>, execArgv = flags): readonly string[] {
  try {
    readEnvironment(environment, shape, execArgv);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('values are typed and defaults filled in', () => {
  const config = readEnvironment({ TACET_LEDGER_ADDRESS: 'billing:8447', PATH: '/bin' }, shape, flags);
  expect(config.TACET_EDGE_PORT).toBe(8080);
  expect(config.TACET_LISTEN_HOST).toBe('127.0.0.1');
});

test('all problems are told at once, by name and rule, without a value', () => {
  const problems = problemsOf({ TACET_EDGE_PORT: 'sesame', TACET_EDGE_DRAIN_MS: '11', TACET_EDGE_LIMITER: 'sesame', TACET_TYPO: 'sesame' });
  expect(problems).toEqual([
    'TACET_EDGE_DRAIN_MS: must be at most 10',
    'TACET_EDGE_LIMITER: must be one of redis, memory',
    'TACET_EDGE_PORT: must be a number',
    'TACET_LEDGER_ADDRESS: is required',
    'TACET_TYPO: is not a variable of this process',
  ]);
  expect(problemsOf({ TACET_LEDGER_ADDRESS: 'sesame' })).toEqual(['TACET_LEDGER_ADDRESS: is host:port']);
});

test("Kubernetes' own variables are ignored", () => {
  const environment = { TACET_LEDGER_ADDRESS: 'b:1', TACET_EDGE_SERVICE_HOST: '10.0.0.1', TACET_EDGE_SERVICE_PORT_HTTP: '80', TACET_BILLING_PORT: 'tcp://10.0.0.1:80', TACET_BILLING_PORT_80_TCP: 'tcp://10.0.0.1:80' };
  expect(problemsOf(environment)).toEqual([]);
});

test.each([
  [{ NODE_DEBUG: 'http' }, []],
  [{ NODE_DEBUG_NATIVE: 'x' }, []],
  [{ DEBUG: '*' }, []],
  [{ GRPC_TRACE: 'all' }, []],
  [{ GRPC_VERBOSITY: 'DEBUG' }, []],
  [{ KAFKAJS_DEBUG_PROTOCOL_BUFFERS: '1' }, []],
  [{ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' }, []],
  [{ NODE_V8_COVERAGE: '/tmp' }, []],
  [{ PGOPTIONS: '-c x' }, []],
  [{ NODE_OPTIONS: '--inspect=0' }, []],
  [{}, ['--inspect-brk']],
  [{}, ['--tls-keylog=/tmp/k']],
  [{}, ['--cpu-prof']],
  [{}, ['--heapsnapshot-signal=SIGUSR2']],
])('%j with flags %j is refused, and allowed for profiling', (environment, execArgv) => {
  const given = { TACET_LEDGER_ADDRESS: 'b:1', ...environment };
  expect(problemsOf(given, [...flags, ...execArgv])).toHaveLength(1);
  expect(problemsOf({ ...given, TACET_ALLOW_PROFILING: 'yes' }, execArgv)).toEqual([]);
});

test('a process that SIGUSR1 could open a debugger in does not start', () => {
  expect(problemsOf({ TACET_LEDGER_ADDRESS: 'b:1' }, [])).toEqual(['node: must run with --disable-sigusr1']);
});
