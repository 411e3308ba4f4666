import {
  amount,
  commonVariables,
  ConfigurationError,
  path,
  port,
  readEnvironment,
  readSecretFile,
  type Environment,
  type ProcessConfig,
} from '@tacet/service';
import { z } from 'zod';
import type { StripeConfig } from './stripe/stripe-access.ts';

/** How billing is configured. README.md has the table. */
export interface BillingConfig extends ProcessConfig {
  readonly rpcPort: number;
  /** Certificate, key and authority of mutual TLS: `tls.crt`, `tls.key`, `ca.crt`. */
  readonly tlsFolder: string;
  /** `postgres://` URL of the role tacet_billing. Secret. */
  readonly postgresUrl: string;
  /** `host:port` each; empty: no consumer runs. */
  readonly kafkaBrokers: readonly string[];
  /** Years that transfers are kept one by one; older ones are carried as net transfers. */
  readonly ledgerYears: number;
  /** Lifetime of an edge's session; every other time of the protocol is a fraction of it (session-times.ts). */
  readonly sessionMs: number;
  /** Undefined: no payments; balances are granted by the operator. */
  readonly stripe: StripeConfig | undefined;
}

const brokers = z.string().regex(/^[^\s,/]+:\d{1,5}(,[^\s,/]+:\d{1,5})*$/, 'is host:port, several separated by commas');

const variables = {
  ...commonVariables,
  TACET_METRICS_PORT: port().default(9093),
  TACET_BILLING_RPC_PORT: port().default(8447),
  TACET_TLS_DIR: path(),
  TACET_POSTGRES_URL_FILE: path(),
  TACET_KAFKA_BROKERS: brokers.optional(),
  TACET_BILLING_LEDGER_YEARS: amount(1, 100).default(7),
  TACET_LEDGER_SESSION_MS: amount(1_000, 3_600_000).default(300_000),
  TACET_BILLING_WEBHOOK_PORT: port().default(8082),
  TACET_STRIPE_KEY_FILE: path().optional(),
  TACET_STRIPE_WEBHOOK_SECRET_FILE: path().optional(),
  TACET_STRIPE_API_URL: z.string().regex(/^https?:\/\/[^\s/?#@]+$/, 'is an origin (https://host[:port])').optional(),
};

type Variables = z.output<z.ZodObject<typeof variables>>;

/** Reads the environment. Throws `ConfigurationError` with everything that is wrong, or an `Error` for an unreadable secret. */
export function loadConfig(environment: Environment, execArgv: readonly string[]): BillingConfig {
  const read = readEnvironment(environment, variables, execArgv);
  return {
    logLevel: read.TACET_LOG_LEVEL,
    listenHost: read.TACET_LISTEN_HOST,
    metricsPort: read.TACET_METRICS_PORT,
    rpcPort: read.TACET_BILLING_RPC_PORT,
    tlsFolder: read.TACET_TLS_DIR,
    postgresUrl: readSecretFile('TACET_POSTGRES_URL_FILE', read.TACET_POSTGRES_URL_FILE),
    kafkaBrokers: read.TACET_KAFKA_BROKERS?.split(',') ?? [],
    ledgerYears: read.TACET_BILLING_LEDGER_YEARS,
    sessionMs: read.TACET_LEDGER_SESSION_MS,
    stripe: readStripe(read),
  };
}

function readStripe(read: Variables): StripeConfig | undefined {
  const { TACET_STRIPE_KEY_FILE: keyFile, TACET_STRIPE_WEBHOOK_SECRET_FILE: secretFile, TACET_STRIPE_API_URL: apiUrl } = read;
  if ((keyFile === undefined) !== (secretFile === undefined))
    throw new ConfigurationError(['TACET_STRIPE_KEY_FILE: goes with TACET_STRIPE_WEBHOOK_SECRET_FILE']);
  if (keyFile === undefined || secretFile === undefined) return undefined;
  const apiKey = readSecretFile('TACET_STRIPE_KEY_FILE', keyFile);
  const webhookSecrets = readSecretFile('TACET_STRIPE_WEBHOOK_SECRET_FILE', secretFile).split(/\r?\n/);
  const problems = [
    /^(sk|rk)_(test|live)_\w+$/.test(apiKey) ? undefined : 'TACET_STRIPE_KEY_FILE: holds one secret or restricted key of Stripe',
    webhookSecrets.every((secret) => /^whsec_\w+$/.test(secret)) ? undefined : 'TACET_STRIPE_WEBHOOK_SECRET_FILE: holds one whsec_… a line',
    apiUrl !== undefined && !/^.._test_/.test(apiKey) ? 'TACET_STRIPE_API_URL: a live key goes to Stripe alone' : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { apiKey, webhookSecrets, apiUrl, webhookPort: read.TACET_BILLING_WEBHOOK_PORT };
}
