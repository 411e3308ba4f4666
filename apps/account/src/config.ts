import { isIP } from 'node:net';
import {
  address,
  amount,
  commonVariables,
  ConfigurationError,
  path,
  port,
  readEnvironment,
  type Environment,
  type ProcessConfig,
} from '@tacet/service';
import { z } from 'zod';

/** Who may sign up: nobody; only addresses that the operator made an account for; everybody. */
export const signUpModes = ['closed', 'invite', 'open'] as const;
export type SignUpMode = (typeof signUpModes)[number];

/** How mail leaves: by SMTP, as files in a folder (embedded mode), or not at all. */
export type MailConfig =
  { readonly kind: 'smtp'; readonly urlFile: string } | { readonly kind: 'folder'; readonly folder: string } | { readonly kind: 'none' };

/** Everything that account is configured with. */
export interface AccountConfig extends ProcessConfig {
  readonly httpPort: number;
  readonly rpcPort: number;
  /** Folder with tls.crt, tls.key and ca.crt of the identity `account`. */
  readonly tlsFolder: string;
  readonly postgresUrlFile: string;
  /** Folder of `pepper.<version>.key`, 64 hex characters each. */
  readonly pepperFolder: string;
  readonly keyCheckFile: string;
  readonly keysAddress: string;
  readonly ledgerAddress: string;
  /** The internal door of the edges, an https origin. */
  readonly edgeUrl: string;
  /** The origin that people open in a browser, without a path. */
  readonly publicOrigin: string;
  readonly signUp: SignUpMode;
  readonly mail: MailConfig;
  /** The sender's address of mails. */
  readonly mailFrom: string;
  /** Ed25519 private keys (PEM), newest first; without it receipts are not signed. */
  readonly receiptKeyFile: string | undefined;
  /** How many proxies stand before this process and may be believed. */
  readonly trustedProxies: number;
}

const origin = (protocols: readonly string[]) =>
  z.string().refine(
    (text) => {
      const url = URL.parse(text);
      return (
        url !== null &&
        protocols.includes(url.protocol) &&
        url.pathname === '/' &&
        url.search === '' &&
        url.hash === '' &&
        url.username === ''
      );
    },
    `is an origin (${protocols.map((protocol) => `${protocol}//host[:port]`).join(' or ')})`,
  );

const shape = {
  ...commonVariables,
  TACET_METRICS_PORT: port().default(9091),
  TACET_ACCOUNT_PORT: port().default(8081),
  TACET_ACCOUNT_RPC_PORT: port().default(8445),
  TACET_TLS_DIR: path(),
  TACET_POSTGRES_URL_FILE: path(),
  TACET_ACCOUNT_PEPPER_DIR: path(),
  TACET_KEY_CHECK_FILE: path(),
  TACET_KEYS_ADDRESS: address(),
  TACET_LEDGER_ADDRESS: address(),
  TACET_EDGE_INTERNAL_URL: origin(['https:']),
  TACET_ACCOUNT_PUBLIC_URL: origin(['https:', 'http:']),
  TACET_ACCOUNT_SIGNUP: z.enum(signUpModes).default('closed'),
  TACET_ACCOUNT_MAIL_DIR: path().optional(),
  TACET_ACCOUNT_SMTP_URL_FILE: path().optional(),
  TACET_ACCOUNT_MAIL_FROM: z
    .string()
    .regex(/^[^\s@<>]+@[^\s@<>]+$/, 'is an address')
    .optional(),
  TACET_ACCOUNT_RECEIPT_KEY_FILE: path().optional(),
  TACET_TRUSTED_PROXIES: amount(0, 10).default(0),
};

/** Reads the environment; throws `ConfigurationError` with everything that is wrong. */
export function loadConfig(environment: Environment, execArgv: readonly string[]): AccountConfig {
  const given = readEnvironment(environment, shape, execArgv);
  const publicUrl = new URL(given.TACET_ACCOUNT_PUBLIC_URL);
  const mail = mailConfig(given.TACET_ACCOUNT_SMTP_URL_FILE, given.TACET_ACCOUNT_MAIL_DIR);
  const problems = [
    // Sessions without TLS are for one machine alone: elsewhere the cookie could be read on its way.
    publicUrl.protocol === 'http:' && !isLoopback(publicUrl.hostname)
      ? 'TACET_ACCOUNT_PUBLIC_URL: must be https unless the host is loopback'
      : undefined,
    given.TACET_ACCOUNT_SMTP_URL_FILE !== undefined && given.TACET_ACCOUNT_MAIL_DIR !== undefined
      ? 'TACET_ACCOUNT_MAIL_DIR: must not be set beside TACET_ACCOUNT_SMTP_URL_FILE'
      : undefined,
    mail.kind === 'none' && given.TACET_ACCOUNT_SIGNUP !== 'closed'
      ? 'TACET_ACCOUNT_SIGNUP: needs TACET_ACCOUNT_SMTP_URL_FILE or TACET_ACCOUNT_MAIL_DIR unless closed'
      : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    logLevel: given.TACET_LOG_LEVEL,
    listenHost: given.TACET_LISTEN_HOST,
    metricsPort: given.TACET_METRICS_PORT,
    httpPort: given.TACET_ACCOUNT_PORT,
    rpcPort: given.TACET_ACCOUNT_RPC_PORT,
    tlsFolder: given.TACET_TLS_DIR,
    postgresUrlFile: given.TACET_POSTGRES_URL_FILE,
    pepperFolder: given.TACET_ACCOUNT_PEPPER_DIR,
    keyCheckFile: given.TACET_KEY_CHECK_FILE,
    keysAddress: given.TACET_KEYS_ADDRESS,
    ledgerAddress: given.TACET_LEDGER_ADDRESS,
    edgeUrl: new URL(given.TACET_EDGE_INTERNAL_URL).origin,
    publicOrigin: publicUrl.origin,
    signUp: given.TACET_ACCOUNT_SIGNUP,
    mail,
    mailFrom: given.TACET_ACCOUNT_MAIL_FROM ?? `no-reply@${publicUrl.hostname}`,
    receiptKeyFile: given.TACET_ACCOUNT_RECEIPT_KEY_FILE,
    trustedProxies: given.TACET_TRUSTED_PROXIES,
  };
}

function mailConfig(urlFile: string | undefined, folder: string | undefined): MailConfig {
  if (urlFile !== undefined) return { kind: 'smtp', urlFile };
  return folder === undefined ? { kind: 'none' } : { kind: 'folder', folder };
}

/** Whether a host name of a URL can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
