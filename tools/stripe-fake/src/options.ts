import type { Endpoint } from './webhooks/endpoint.ts';

export interface StripeFakeOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Port to listen on; 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Seed of ids and of chance. Default 1. */
  readonly seed?: number | undefined;
  /** The one key that is let in. Default `sk_test_fake`. */
  readonly apiKey?: string | undefined;
  /** Where events are sent. Without it they are only kept. */
  readonly webhook?: Endpoint | undefined;
  /** Time from a failed attempt to the next, in milliseconds; when the list is over, the event is given up. */
  readonly retryMs?: readonly number[] | undefined;
  /** How long an endpoint may take to answer, in milliseconds. Default 10,000. */
  readonly deliveryTimeoutMs?: number | undefined;
}

/** The options with their defaults filled in. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  readonly apiKey: string;
  readonly webhook: Endpoint | undefined;
  readonly retryMs: readonly number[];
  readonly deliveryTimeoutMs: number;
}

/** Three minutes in place of Stripe's three days. */
const retrySchedule = [100, 200, 400, 800, 1_600, 3_200, 5_000, ...Array.from({ length: 33 }, () => 5_000)];

/** Fills the defaults in. Throws on values that make no sense. */
export function settle(options: StripeFakeOptions): Settings {
  const settings: Settings = {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    seed: options.seed ?? 1,
    apiKey: options.apiKey ?? 'sk_test_fake',
    webhook: options.webhook,
    retryMs: options.retryMs ?? retrySchedule,
    deliveryTimeoutMs: options.deliveryTimeoutMs ?? 10_000,
  };
  if (!Number.isInteger(settings.seed)) throw new Error('seed: must be a whole number');
  if (!/^(sk|rk)_test_/.test(settings.apiKey)) throw new Error('apiKey: must be a test key, never a live one');
  if (settings.retryMs.some((ms) => !(ms >= 0))) throw new Error('retryMs: must be 0 or more');
  if (!(settings.deliveryTimeoutMs >= 1)) throw new Error('deliveryTimeoutMs: must be 1 or more');
  checkEndpoint(settings.webhook);
  return settings;
}

/** Throws where nothing can be sent there. */
export function checkEndpoint(endpoint: Endpoint | undefined): void {
  if (endpoint === undefined) return;
  if (!/^https?:\/\//.test(endpoint.url) || !URL.canParse(endpoint.url)) throw new Error('webhook.url: must be an http or https address');
  if (endpoint.secret === '') throw new Error('webhook.secret: must not be empty');
}
