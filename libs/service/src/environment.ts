import { z } from 'zod';

/** What a process may not be started with, since each of these writes content or keys somewhere. */
const forbiddenVariables = [
  /^NODE_DEBUG/,
  /^KAFKAJS_DEBUG_/,
  /^DEBUG$/,
  /^GRPC_TRACE$/,
  /^OTEL_.*CAPTURE/,
  /^NODE_V8_COVERAGE$/,
  /^PGOPTIONS$/,
];
const forbiddenFlags = [/^--inspect/, /^--tls-keylog/, /^--cpu-prof/, /^--heap/, /^--prof$/];

/** Kubernetes sets these for every Service whose name begins with "tacet"; they are not ours. */
const kubernetesVariables = [/_SERVICE_HOST$/, /_SERVICE_PORT(_|$)/];

/** What every process is configured with. */
export const commonVariables = {
  /** `debug`, `info`, `warn` or `error`. */
  TACET_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** The address that every door of the process listens on; loopback unless told otherwise. */
  TACET_LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  /** `yes` lifts the refusal of profilers and debuggers; for benchmarks and tests alone. */
  TACET_ALLOW_PROFILING: z.enum(['yes', 'no']).default('no'),
} as const;

/** A port to listen on; 0 = any free one. */
export const port = () => z.coerce.number().int().min(0).max(65_535);

/** An amount of milliseconds, bytes or things, with its bounds. */
export const amount = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** `host:port` of a peer. */
export const address = () => z.string().regex(/^[^\s/]+:\d{1,5}$/, 'is host:port');

/** Path of a file or folder. */
export const path = () => z.string().min(1);

/** All that is wrong with the environment, by name and rule; never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is wrong:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks the environment against a zod shape whose keys are the variables' names, reports everything that is
 * wrong at once, and refuses unknown `TACET_*` variables and all that would write content or keys somewhere.
 * Throws `ConfigurationError`.
 */
export function readEnvironment<S extends z.ZodRawShape>(environment: Environment, shape: S, execArgv: readonly string[] = []): z.output<z.ZodObject<S>> {
  const problems: string[] = [];
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !name.startsWith('TACET_') || isKubernetes(name, value)) continue;
    if (name in shape) given[name] = value;
    else problems.push(`${name}: is not a variable of this process`);
  }
  if (environment['TACET_ALLOW_PROFILING'] !== 'yes') problems.push(...forbidden(environment, execArgv));
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success && problems.length === 0) return parsed.data;
  for (const issue of parsed.error?.issues ?? []) problems.push(`${String(issue.path[0])}: ${rule(issue, given)}`);
  throw new ConfigurationError(problems.sort());
}

function isKubernetes(name: string, value: string): boolean {
  return kubernetesVariables.some((pattern) => pattern.test(name)) || (/_PORT(_|$)/.test(name) && value.startsWith('tcp://'));
}

function forbidden(environment: Environment, execArgv: readonly string[]): string[] {
  const problems: string[] = [];
  for (const name of Object.keys(environment)) {
    if (forbiddenVariables.some((pattern) => pattern.test(name))) problems.push(`${name}: must not be set`);
  }
  if (environment['GRPC_VERBOSITY'] === 'DEBUG') problems.push('GRPC_VERBOSITY: must not be DEBUG');
  const flags = [...(environment['NODE_OPTIONS'] ?? '').split(/\s+/), ...execArgv];
  for (const flag of flags) {
    if (forbiddenFlags.some((pattern) => pattern.test(flag))) problems.push(`node: must not run with ${flag.split('=')[0]}`);
  }
  if (!flags.includes('--disable-sigusr1')) problems.push('node: must run with --disable-sigusr1');
  return problems;
}

/** The rule that a value breaks. zod's own messages can quote what they were given, so only some pass. */
function rule(issue: z.core.$ZodIssue, given: Record<string, string>): string {
  if (!((issue.path[0] as string) in given)) return 'is required';
  switch (issue.code) {
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_type':
      return `must be a ${issue.expected}`;
    case 'invalid_format':
      return issue.format === 'regex' ? issue.message : `must be a valid ${issue.format}`;
    case 'custom':
      return issue.message;
    default:
      return 'is not valid';
  }
}
