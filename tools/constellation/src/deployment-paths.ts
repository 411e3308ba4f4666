import { join } from 'node:path';
import type { LoginRole } from '@tacet/database';
import type { Identity } from '@tacet/rpc';

/** Where everything that belongs to one deployment on this machine lies. */
export interface DeploymentPaths {
  readonly folder: string;
  /** The certificate authority, with its private key. */
  readonly authority: string;
  /** `tls.crt`, `tls.key`, `ca.crt` of one identity. */
  certificates(identity: Identity): string;
  /** Secrets, each 0600. */
  readonly secrets: string;
  readonly databasePasswords: string;
  /** The connection string of one role. */
  databaseUrl(role: LoginRole): string;
  readonly redisUrl: string;
  /** The secrets behind the check characters of API keys. */
  readonly keyCheck: string;
  /** The key that signs receipts of deletions, Ed25519. */
  readonly receiptKey: string;
  /** Folder of the password peppers, `pepper.<version>.key`. */
  readonly peppers: string;
  /** Folder of the master keys; key-service makes the first itself. */
  readonly masterKeys: string;
  /** `providers.yaml` of an operator who keeps master keys elsewhere; nobody makes it. */
  readonly providers: string;
  /** Folder of the epoch secrets of ephemeral conversations. */
  readonly epochs: string;
  /** The outbox of mails that a deployment without SMTP writes. */
  readonly mail: string;
  /** The spool of one edge: what it knows of itself, and the counts on their way to billing. */
  spool(edge: string): string;
  readonly workers: string;
  readonly models: string;
  readonly logs: string;
  log(process: string): string;
}

/** Computes the paths of a deployment from its folder; makes nothing. */
export function deploymentPaths(folder: string): DeploymentPaths {
  const secrets = join(folder, 'secrets');
  const logs = join(folder, 'logs');
  return {
    folder,
    authority: join(folder, 'certificates', 'authority'),
    certificates: (identity) => join(folder, 'certificates', identity),
    secrets,
    databasePasswords: join(secrets, 'database-passwords.json'),
    databaseUrl: (role) => join(secrets, `${role}.url`),
    redisUrl: join(secrets, 'redis.url'),
    keyCheck: join(secrets, 'key-check.hex'),
    receiptKey: join(secrets, 'receipt.pem'),
    peppers: join(secrets, 'peppers'),
    masterKeys: join(folder, 'master-keys'),
    providers: join(folder, 'providers.yaml'),
    epochs: join(folder, 'epochs'),
    mail: join(folder, 'mail'),
    spool: (edge) => join(folder, 'spool', edge),
    workers: join(folder, 'workers.yaml'),
    models: join(folder, 'models.yaml'),
    logs,
    log: (process) => join(logs, `${process}.log`),
  };
}
