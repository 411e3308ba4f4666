import { address, amount, commonVariables, ConfigurationError, path, port, readEnvironment, type Environment, type ProcessConfig } from '@tacet/service';
import { z } from 'zod';

/** What key-service is configured with. README.md lists the variables. */
export interface KeyServiceConfig extends ProcessConfig {
  /** gRPC, mutual TLS. */
  readonly rpcPort: number;
  /** Folder of `tls.crt`, `tls.key`, `ca.crt`. */
  readonly tlsFolder: string;
  /** File with the URL of the keystore instance, for the role tacet_key_service. */
  readonly keystoreUrlFile: string;
  /** Folder of the master keys, `<kek_id>.<version>.key`. */
  readonly kekFolder: string;
  /** `providers.yaml`: what else holds master keys; undefined: nothing. */
  readonly providersFile: string | undefined;
  /** `policy.yaml`: which rpcs are left to whom; undefined: all that the code allows. */
  readonly policyFile: string | undefined;
  /** Where epoch secrets are: a folder, or a Redis of their own by the file with its URL. No backup may contain either. */
  readonly epochs: { readonly folder: string } | { readonly redisUrlFile: string };
  /** How long an unwrapped DEK or epoch secret is used without asking again: 1 … 300,000. */
  readonly dekCacheMs: number;
  /** gRPC of account, `host:port`, whose news evict DEKs; undefined: their lifetime alone ends them. */
  readonly directoryAddress: string | undefined;
  /** How long backups of the keystore are kept, in days: 0 … 3,650. */
  readonly backupDays: number;
}

const dekCacheMsMax = 300_000;

/** Reads the configuration. Throws `ConfigurationError`. */
export function loadConfig(environment: Environment, execArgv: readonly string[]): KeyServiceConfig {
  const variables = readEnvironment(
    environment,
    {
      ...commonVariables,
      TACET_METRICS_PORT: port().default(9092),
      TACET_TLS_DIR: path(),
      TACET_KEY_SERVICE_RPC_PORT: port().default(8446),
      TACET_KEYSTORE_URL_FILE: path(),
      TACET_KEY_SERVICE_KEK_DIR: path(),
      TACET_KEY_SERVICE_PROVIDERS_FILE: path().optional(),
      TACET_KEY_SERVICE_POLICY_FILE: path().optional(),
      TACET_KEY_SERVICE_EPOCH_STORE: z.enum(['file', 'redis']).default('file'),
      TACET_KEY_SERVICE_EPOCH_DIR: path().optional(),
      TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE: path().optional(),
      TACET_KEY_SERVICE_DEK_CACHE_MS: amount(1, dekCacheMsMax).default(60_000),
      TACET_DIRECTORY_ADDRESS: address().optional(),
      TACET_KEYSTORE_BACKUP_DAYS: amount(0, 3_650).default(7),
    },
    execArgv,
  );
  return {
    logLevel: variables.TACET_LOG_LEVEL,
    listenHost: variables.TACET_LISTEN_HOST,
    metricsPort: variables.TACET_METRICS_PORT,
    rpcPort: variables.TACET_KEY_SERVICE_RPC_PORT,
    tlsFolder: variables.TACET_TLS_DIR,
    keystoreUrlFile: variables.TACET_KEYSTORE_URL_FILE,
    kekFolder: variables.TACET_KEY_SERVICE_KEK_DIR,
    providersFile: variables.TACET_KEY_SERVICE_PROVIDERS_FILE,
    policyFile: variables.TACET_KEY_SERVICE_POLICY_FILE,
    epochs: readEpochs(variables),
    dekCacheMs: variables.TACET_KEY_SERVICE_DEK_CACHE_MS,
    directoryAddress: variables.TACET_DIRECTORY_ADDRESS,
    backupDays: variables.TACET_KEYSTORE_BACKUP_DAYS,
  };
}

interface EpochVariables {
  readonly TACET_KEY_SERVICE_EPOCH_STORE: 'file' | 'redis';
  readonly TACET_KEY_SERVICE_EPOCH_DIR?: string | undefined;
  readonly TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE?: string | undefined;
}

function readEpochs(variables: EpochVariables): KeyServiceConfig['epochs'] {
  const { TACET_KEY_SERVICE_EPOCH_STORE: store, TACET_KEY_SERVICE_EPOCH_DIR: folder, TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE: redisUrlFile } = variables;
  if (store === 'file') {
    if (folder === undefined) throw new ConfigurationError(['TACET_KEY_SERVICE_EPOCH_DIR: is required']);
    return { folder };
  }
  if (redisUrlFile === undefined) throw new ConfigurationError(['TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE: is required']);
  return { redisUrlFile };
}
