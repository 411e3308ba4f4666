import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { DeploymentPaths } from './deployment-paths.ts';

/** Embedded: no Kafka and no Redis, one of each process. Cluster: both, and any number of each. */
export type DeploymentMode = 'embedded' | 'cluster';

/** Where the processes of a deployment find each other. */
export interface DeploymentAddresses {
  /** gRPC of billing, key-service and account: `host:port`, or `ipv4:host:port,host:port` for several replicas. */
  readonly ledger: string;
  readonly keys: string;
  readonly directory: string;
  /** The internal door of an edge: `https://host:port`. */
  readonly edgeInternalUrl: string;
  /** What people open in a browser. */
  readonly accountPublicUrl: string;
  /** `host:port`; cluster mode alone. */
  readonly kafkaBrokers?: string;
}

/** One process of a deployment and its ports. */
export type ApplicationInstance =
  | { readonly application: 'edge'; readonly name: string; readonly ports: { readonly public: number; readonly internal: number; readonly metrics: number } }
  | { readonly application: 'account'; readonly name: string; readonly ports: { readonly public: number; readonly rpc: number; readonly metrics: number } }
  | { readonly application: 'key-service'; readonly name: string; readonly ports: { readonly rpc: number; readonly metrics: number } }
  | { readonly application: 'billing'; readonly name: string; readonly ports: { readonly rpc: number; readonly metrics: number } }
  | { readonly application: 'pruner'; readonly name: string; readonly ports: { readonly metrics: number } };

type InstanceOf<A extends ApplicationInstance['application']> = Extract<ApplicationInstance, { readonly application: A }>;

/** A deployment on this machine. */
export interface Deployment {
  readonly mode: DeploymentMode;
  readonly paths: DeploymentPaths;
  readonly addresses: DeploymentAddresses;
}

/** A laptop's disk holds a spool of 256 MiB; a running answer may take 5 s more when everything stops. */
const spoolBytesMax = 268_435_456;
const drainMs = 5_000;

type Variables = Record<string, string>;

/** The variables of one process, computed in one place for the launcher, the tests and everything that starts processes. */
export function applicationEnvironment(instance: ApplicationInstance, deployment: Deployment): Variables {
  const { paths } = deployment;
  const common = { TACET_METRICS_PORT: String(instance.ports.metrics), TACET_TLS_DIR: paths.certificates(instance.application) };
  return { ...common, ...own(instance, deployment) };
}

function own(instance: ApplicationInstance, deployment: Deployment): Variables {
  const { paths, addresses } = deployment;
  if (instance.application === 'edge') return edge(instance, deployment);
  if (instance.application === 'account') return account(instance, deployment);
  if (instance.application === 'key-service') return keyService(instance, deployment);
  if (instance.application === 'billing') return billing(instance, deployment);
  return { TACET_POSTGRES_URL_FILE: paths.databaseUrl('tacet_pruner'), TACET_KEYS_ADDRESS: addresses.keys };
}

function edge({ name, ports }: InstanceOf<'edge'>, { mode, paths, addresses }: Deployment): Variables {
  const cluster = () => ({
    TACET_EDGE_USAGE_SINK: 'kafka',
    TACET_KAFKA_BROKERS: kafkaBrokers(addresses),
    TACET_EDGE_LIMITER: 'redis',
    TACET_REDIS_URL_FILE: paths.redisUrl,
  });
  return {
    TACET_EDGE_PORT: String(ports.public),
    TACET_EDGE_INTERNAL_PORT: String(ports.internal),
    TACET_EDGE_SPOOL_DIR: socketPath(paths.folder, paths.spool(name)),
    TACET_EDGE_SPOOL_BYTES_MAX: String(spoolBytesMax),
    TACET_EDGE_WORKERS_FILE: paths.workers,
    TACET_EDGE_DRAIN_LAME_DUCK_MS: '0',
    TACET_EDGE_DRAIN_MS_MAX: String(drainMs),
    TACET_KEY_CHECK_FILE: paths.keyCheck,
    TACET_LEDGER_ADDRESS: addresses.ledger,
    TACET_DIRECTORY_ADDRESS: addresses.directory,
    ...(mode === 'cluster' ? cluster() : { TACET_EDGE_USAGE_SINK: 'direct', TACET_EDGE_LIMITER: 'memory' }),
  };
}

/** The spool's lock is a Unix socket, whose path has 107 bytes at most (unix(7)); processes run in the deployment's folder. */
function socketPath(folder: string, spool: string): string {
  return Buffer.byteLength(spool) < 100 ? spool : relative(folder, spool);
}

function account({ ports }: InstanceOf<'account'>, { paths, addresses }: Deployment): Variables {
  return {
    TACET_ACCOUNT_PORT: String(ports.public),
    TACET_ACCOUNT_RPC_PORT: String(ports.rpc),
    TACET_POSTGRES_URL_FILE: paths.databaseUrl('tacet_account'),
    TACET_ACCOUNT_PEPPER_DIR: paths.peppers,
    TACET_ACCOUNT_RECEIPT_KEY_FILE: paths.receiptKey,
    TACET_ACCOUNT_MAIL_DIR: paths.mail,
    TACET_ACCOUNT_PUBLIC_URL: addresses.accountPublicUrl,
    TACET_ACCOUNT_SIGNUP: 'open',
    TACET_KEY_CHECK_FILE: paths.keyCheck,
    TACET_KEYS_ADDRESS: addresses.keys,
    TACET_LEDGER_ADDRESS: addresses.ledger,
    TACET_EDGE_INTERNAL_URL: addresses.edgeInternalUrl,
  };
}

function keyService({ ports }: InstanceOf<'key-service'>, { paths, addresses }: Deployment): Variables {
  return {
    TACET_KEY_SERVICE_RPC_PORT: String(ports.rpc),
    TACET_KEYSTORE_URL_FILE: paths.databaseUrl('tacet_key_service'),
    TACET_KEY_SERVICE_KEK_DIR: paths.masterKeys,
    // The operator's own, where there is one.
    ...(existsSync(paths.providers) ? { TACET_KEY_SERVICE_PROVIDERS_FILE: paths.providers } : {}),
    TACET_KEY_SERVICE_EPOCH_STORE: 'file',
    TACET_KEY_SERVICE_EPOCH_DIR: paths.epochs,
    TACET_DIRECTORY_ADDRESS: addresses.directory,
  };
}

function billing({ ports }: InstanceOf<'billing'>, { mode, paths, addresses }: Deployment): Variables {
  return {
    TACET_BILLING_RPC_PORT: String(ports.rpc),
    TACET_POSTGRES_URL_FILE: paths.databaseUrl('tacet_billing'),
    ...(mode === 'cluster' ? { TACET_KAFKA_BROKERS: kafkaBrokers(addresses) } : {}),
  };
}

function kafkaBrokers({ kafkaBrokers: brokers }: DeploymentAddresses): string {
  if (brokers === undefined) throw new Error('a cluster deployment needs a Kafka broker');
  return brokers;
}

/** One gRPC address for the given ports of this machine, over which calls are spread. */
export function loopbackAddress(ports: readonly number[]): string {
  const all = ports.map((port) => `127.0.0.1:${port}`);
  return all.length === 1 ? (all[0] ?? '') : `ipv4:${all.join(',')}`;
}
