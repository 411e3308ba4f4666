import type { Log } from '@tacet/service';
import type { KekVersion } from './providers/key-provider.ts';

/** Everything that key-service reports, one function each. No account, no key and no content has a field to be in. */
export interface Events {
  listening(port: number): void;
  /** The version that wraps, and whether its key can be used now. */
  kekActive(active: { readonly kek: KekVersion; readonly isUsable: boolean } | undefined): void;
  kekRotated(kek: KekVersion): void;
  /** An account's DEKs moved to a key of this kind of provider. */
  accountKekSet(provider: string): void;
  /** `providers.yaml` was read again, or cannot be used as it is now. */
  providersReloaded(error?: unknown): void;
  /** `policy.yaml` was read again, or cannot be used as it is now. */
  policyReloaded(error?: unknown): void;
  kekDestroyed(kek: KekVersion, wasForced: boolean): void;
  rewrapFinished(count: number, skipped: number): void;
  epochsDestroyed(count: number): void;
  epochSweepFailed(error: unknown): void;
  /** Destroyed keys are gone, but what they leave in the file could not be erased yet. */
  erasureDelayed(attempt: number): void;
  rpcFailed(rpc: string, error: unknown): void;
}

/** Binds the events to a log. */
export function createEvents(log: Log): Events {
  return {
    listening: (port) => log.info('listening', { door: 'rpc', port }),
    kekActive: (active) => {
      const fields = { name: active?.kek.kekId, version: active?.kek.version };
      if (active?.isUsable) log.info('kek_active', { ...fields, state: 'usable' });
      else log.error('kek_active', { ...fields, state: 'disabled' });
    },
    kekRotated: ({ kekId, version }) => log.info('kek_rotated', { name: kekId, version }),
    accountKekSet: (provider) => log.info('account_kek_set', { kind: provider }),
    providersReloaded: (error) => (error === undefined ? log.info('providers_reloaded') : log.error('providers_refused', { error })),
    policyReloaded: (error) => (error === undefined ? log.info('policy_reloaded') : log.error('policy_refused', { error })),
    kekDestroyed: ({ kekId, version }, wasForced) => log.warn('kek_destroyed', { name: kekId, version, reason: wasForced ? 'forced' : 'unused' }),
    rewrapFinished: (count, skipped) => {
      log.info('rewrap_finished', { count });
      if (skipped > 0) log.warn('rewrap_skipped', { count: skipped });
    },
    epochsDestroyed: (count) => log.info('epochs_destroyed', { count }),
    epochSweepFailed: (error) => log.error('epoch_sweep_failed', { error }),
    erasureDelayed: (attempt) => log.warn('erasure_delayed', { attempt }),
    rpcFailed: (rpc, error) => log.error('rpc_failed', { rpc, error }),
  };
}
