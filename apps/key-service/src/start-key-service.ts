import { databaseAway, openPool } from '@tacet/database';
import { createRpcClient, offer, openTlsFolder, startRpcServer, type TlsFolder } from '@tacet/rpc';
import { createNonceSource, type NonceSource } from '@tacet/sealed-record';
import { measureCertificate, readSecretFile, type Reporting, type Running } from '@tacet/service';
import type { KeyServiceConfig } from './config.ts';
import { AccountDeks } from './deks/account-deks.ts';
import { DirectoryWatch } from './deks/directory-watch.ts';
import { openEpochFiles } from './epochs/epoch-files.ts';
import { openEpochRedis } from './epochs/epoch-redis.ts';
import { EpochSecrets, type SweepResult } from './epochs/epoch-secrets.ts';
import type { EpochStore } from './epochs/epoch-store.ts';
import { createEvents, type Events } from './events.ts';
import { KekRing } from './keks/kek-ring.ts';
import { Rewrapper } from './keks/rewrapper.ts';
import { connectionsMax, stopGraceMs } from './limits.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { PolicyFile } from './policy-file.ts';
import { keyServicePolicy, sealServicePolicy } from './policy.ts';
import { openLocalProvider } from './providers/local-provider.ts';
import { openProviders } from './providers/provider-set.ts';
import { createCreateDek } from './rpc/create-dek.ts';
import { createDescribeKeys } from './rpc/describe-keys.ts';
import { createDestroyEpochs } from './rpc/destroy-epochs.ts';
import { createDestroyKekVersion } from './rpc/destroy-kek-version.ts';
import { measureCalls } from './rpc/measure-calls.ts';
import { createOpen } from './rpc/open.ts';
import { createRewrapAll } from './rpc/rewrap-all.ts';
import { createRewrapDek } from './rpc/rewrap-dek.ts';
import { createRotateDek } from './rpc/rotate-dek.ts';
import { createRotateKek } from './rpc/rotate-kek.ts';
import { createSeal } from './rpc/seal.ts';
import { createSetAccountKek } from './rpc/set-account-kek.ts';
import { createShredAccount } from './rpc/shred-account.ts';
import { createVerifyProvider } from './rpc/verify-provider.ts';
import { runSelfTest } from './self-test.ts';

/** Starts key-service: self-test, keystore, master keys, epochs, and only then the door. */
export async function startKeyService(config: KeyServiceConfig, { log, registry }: Reporting): Promise<Running> {
  const events = createEvents(log);
  const drawNonce = createNonceSource();
  runSelfTest(drawNonce);
  const tls = openTlsFolder(config.tlsFolder);
  measureCertificate(registry, tls);
  const { policy, providers, store } = await openHolders(config, events, drawNonce);
  const pool = await openPool({ url: readSecretFile('TACET_KEYSTORE_URL_FILE', config.keystoreUrlFile), applicationName: 'tacet key-service', connectionsMax, isPrompt: true });

  const clocks = { wall: () => Date.now(), monotonic: () => performance.now() };
  const { dekCacheMs: cacheMs, backupDays } = config;
  const now = clocks.wall;
  const ring = new KekRing(pool, providers, now);
  await ring.open();
  events.kekActive(await ring.describeActive());
  const metrics = createMetrics(registry, {
    heldDeks: () => deks.size,
    livingEpochs: async () => (await store.list()).length,
    policyIsUsable: () => policy.isUsable,
    providersAreUsable: () => providers.isUsable,
    kekIsUsable: async () => (await ring.describeActive())?.isUsable === true,
  });
  const deks = new AccountDeks({ pool, providers, cacheMs, clocks, onLookup: (result) => metrics.dekLookup(result) });
  const onSwept = ({ destroyed }: SweepResult) => reportSweep(destroyed, events, metrics);
  const epochs = new EpochSecrets({ store, ring, cacheMs, clocks, onSwept, onSweepFailed: (error) => events.epochSweepFailed(error) });
  await epochs.start();

  const keyService = {
    CreateDek: createCreateDek({ pool, ring, now }),
    RotateDek: createRotateDek({ ring, deks, now }),
    RewrapDek: createRewrapDek(pool, ring),
    RewrapAll: createRewrapAll(new Rewrapper({ pool, ring, epochs, now }), events, metrics),
    RotateKek: createRotateKek(ring, events, now),
    SetAccountKek: createSetAccountKek({ ring, providers, deks, events, now }),
    VerifyProvider: createVerifyProvider(ring, providers),
    DescribeKeys: createDescribeKeys(pool, ring),
    DestroyKekVersion: createDestroyKekVersion({ pool, ring, deks, epochs, backupDays, events, now }),
    ShredAccount: createShredAccount({ pool, deks, cacheMs, backupDays, events, metrics, now }),
    DestroyEpochs: createDestroyEpochs(epochs),
  };
  const sealService = { Seal: createSeal({ deks, epochs, drawNonce, metrics, now }), Open: createOpen({ deks, epochs, metrics }) };
  const door = { host: config.listenHost, port: config.rpcPort, tls, onInternalError: (rpc: string, error: unknown) => events.rpcFailed(rpc, error), translate: databaseAway };
  const server = await startRpcServer(door, [
    offer('KeyService', policy.of(keyServicePolicy), measureCalls(metrics, keyService, ['RewrapAll'])),
    offer('SealService', policy.of(sealServicePolicy), measureCalls(metrics, sealService)),
  ]);
  const watch = watchDirectory(config.directoryAddress, tls, deks);
  events.listening(server.port);
  return {
    stop: async () => {
      await watch.stop();
      await server.stop(stopGraceMs);
      await epochs.stop();
      deks.forgetAll();
      for (const opened of [providers, policy, store, tls]) await opened.close();
      await pool.end();
    },
  };
}

/** Lets go of an account's DEKs as soon as account tells that something became of it. */
function watchDirectory(address: string | undefined, tls: TlsFolder, deks: AccountDeks): { stop(): Promise<void> } {
  if (address === undefined) return { stop: async () => undefined };
  const client = createRpcClient('KeyDirectory', { address, tls, server: 'account' });
  const watch = new DirectoryWatch({ client, onAccount: (account) => deks.forget(account), onReset: () => deks.forgetAll() });
  return {
    stop: async () => {
      await watch.stop();
      client.close();
    },
  };
}

/** What the process follows or asks while it runs, beside the keystore. */
async function openHolders(config: KeyServiceConfig, events: Events, drawNonce: NonceSource) {
  const policy = new PolicyFile('TACET_KEY_SERVICE_POLICY_FILE', config.policyFile, (error) => events.policyReloaded(error));
  const local = await openLocalProvider('TACET_KEY_SERVICE_KEK_DIR', config.kekFolder, drawNonce);
  const onReload = (error?: unknown) => events.providersReloaded(error);
  const providers = await openProviders({ local, variable: 'TACET_KEY_SERVICE_PROVIDERS_FILE', file: config.providersFile, onReload });
  return { policy, providers, store: await openEpochStore(config.epochs) };
}

function openEpochStore(epochs: KeyServiceConfig['epochs']): Promise<EpochStore> {
  if ('folder' in epochs) return openEpochFiles('TACET_KEY_SERVICE_EPOCH_DIR', epochs.folder);
  const variable = 'TACET_KEY_SERVICE_EPOCH_REDIS_URL_FILE';
  return openEpochRedis(variable, readSecretFile(variable, epochs.redisUrlFile));
}

function reportSweep(destroyed: number, events: Events, metrics: Metrics): void {
  if (destroyed === 0) return;
  metrics.epochsDestroyed(destroyed);
  events.epochsDestroyed(destroyed);
}
