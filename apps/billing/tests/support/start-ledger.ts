import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issue, issueInto, makeAuthority } from '@tacet/certificates';
import { openPool, type Pool } from '@tacet/database';
import { createRpcClient, type Identity, type RpcClient } from '@tacet/rpc';
import { createLog, Readiness } from '@tacet/service';
import { freePort } from '@tacet/servers';
import { createTestDatabase } from '@tacet/testing';
import pino from 'pino';
import { Registry } from 'prom-client';
import { startBilling } from '../../src/start.ts';
import type { StripeConfig } from '../../src/stripe/stripe-access.ts';

export type LedgerClient = RpcClient<'Ledger'>;

/** Billing in this process, with its real door. */
export interface StartedLedger {
  /** A client with the certificate of that identity. */
  as(identity: Identity): Promise<LedgerClient>;
  readonly owner: Pool;
  /** The URL of billing's own role. */
  readonly billingUrl: string;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts billing on a database of its own, without Kafka unless brokers are named. */
export async function startLedger(
  options: { readonly sessionMs?: number; readonly kafkaBrokers?: readonly string[]; readonly stripe?: StripeConfig } = {},
): Promise<StartedLedger> {
  const database = await createTestDatabase('main');
  const folder = mkdtempSync(join(tmpdir(), 'tacet-billing-'));
  const authority = await makeAuthority();
  await issueInto(folder, authority, { identity: 'billing' });
  const log = createLog('billing', 'error', pino.destination({ dest: '/dev/null', sync: true }));
  const registry = new Registry();
  const rpcPort = await freePort();
  const running = await startBilling(
    {
      logLevel: 'error',
      listenHost: '127.0.0.1',
      metricsPort: 0,
      rpcPort,
      tlsFolder: folder,
      postgresUrl: database.urlOf('tacet_billing'),
      kafkaBrokers: options.kafkaBrokers ?? [],
      ledgerYears: 7,
      sessionMs: options.sessionMs ?? 300_000,
      stripe: options.stripe,
    },
    { log, registry, readiness: new Readiness() },
  );
  const owner = await openPool({ url: database.urlOf('tacet_owner'), applicationName: 'test-owner', connectionsMax: 2 });
  const clients: LedgerClient[] = [];
  return {
    as: async (identity) => {
      const { certificate, key } = await issue(authority, { identity });
      const tls = {
        certificate: Buffer.from(certificate),
        key: Buffer.from(key),
        authority: Buffer.from(authority.certificate.toString('pem')),
      };
      const client = createRpcClient('Ledger', { address: `127.0.0.1:${rpcPort}`, tls, server: 'billing' });
      clients.push(client);
      return client;
    },
    owner,
    billingUrl: database.urlOf('tacet_billing'),
    metrics: () => registry.metrics(),
    stop: async () => {
      for (const client of clients) client.close();
      await owner.end();
      await running.stop();
      await database.stop();
      await rm(folder, { recursive: true });
    },
  };
}
