import type { ErrorCode } from '@tacet/errors';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a record of a batch came to. */
export type RecordOutcome = 'sealed' | 'opened' | 'refused';

/** All metrics of key-service. Labels come from closed sets: rpcs, error codes, outcomes. */
export interface Metrics {
  /** A call that ended; `code` where it failed. */
  call(rpc: string, seconds: number, code?: ErrorCode): void;
  records(outcome: RecordOutcome, count: number): void;
  dekLookup(result: 'hit' | 'miss'): void;
  epochsDestroyed(count: number): void;
  deksShredded(count: number): void;
  deksRewrapped(count: number): void;
}

/** What is measured when somebody asks. */
export interface Measured {
  heldDeks(): number;
  livingEpochs(): Promise<number>;
  kekIsUsable(): Promise<boolean>;
  providersAreUsable(): boolean;
  policyIsUsable(): boolean;
}

export function createMetrics(registry: Registry, measured: Measured): Metrics {
  const registers = [registry];
  const calls = new Histogram({
    name: 'tacet_key_service_call_seconds',
    help: 'Duration of calls by rpc and result',
    labelNames: ['rpc', 'code'],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5],
    registers,
  });
  const records = new Counter({
    name: 'tacet_key_service_records_total',
    help: 'Records sealed, opened and refused',
    labelNames: ['outcome'],
    registers,
  });
  const lookups = new Counter({
    name: 'tacet_key_service_dek_lookups_total',
    help: 'DEKs asked for, by whether they were held',
    labelNames: ['result'],
    registers,
  });
  const destroyed = new Counter({ name: 'tacet_key_service_epochs_destroyed_total', help: 'Epoch secrets destroyed', registers });
  const shredded = new Counter({ name: 'tacet_key_service_deks_shredded_total', help: 'DEKs of deleted accounts destroyed', registers });
  const rewrapped = new Counter({ name: 'tacet_key_service_deks_rewrapped_total', help: 'DEKs passed by RewrapAll', registers });
  gauge('tacet_key_service_deks_held', 'Unwrapped DEKs in memory', registry, async () => measured.heldDeks());
  gauge('tacet_key_service_epochs_alive', 'Epoch secrets that exist', registry, () => measured.livingEpochs());
  gauge('tacet_key_service_kek_usable', '1 while the master key that wraps can be used', registry, async () => Number(await measured.kekIsUsable()));
  gauge('tacet_key_service_providers_usable', '1 while providers.yaml is in use as it is now', registry, async () => Number(measured.providersAreUsable()));
  gauge('tacet_key_service_policy_usable', '1 while policy.yaml is in use as it is now', registry, async () => Number(measured.policyIsUsable()));
  return {
    call: (rpc, seconds, code) => calls.observe({ rpc, code: code ?? 'ok' }, seconds),
    records: (outcome, count) => records.inc({ outcome }, count),
    dekLookup: (result) => lookups.inc({ result }),
    epochsDestroyed: (count) => destroyed.inc(count),
    deksShredded: (count) => shredded.inc(count),
    deksRewrapped: (count) => rewrapped.inc(count),
  };
}

function gauge(name: string, help: string, registry: Registry, measure: () => Promise<number>): void {
  const made: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      made.set(await measure());
    },
  });
}
