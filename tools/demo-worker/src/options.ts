/** The engine whose chunk shapes, errors and usage habits are imitated. */
export const engines = ['vllm', 'sglang', 'llamacpp', 'openai'] as const;
export type Engine = (typeof engines)[number];

export interface DemoWorkerOptions {
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Port to listen on; 0, the default, takes a free one. */
  readonly port?: number | undefined;
  /** Ids of the models it pretends to serve. Default `['demo']`. */
  readonly models?: readonly string[] | undefined;
  /** Seed of the token streams: same seed, model, prompt and `seed` field, same answer. Default 1. */
  readonly seed?: number | undefined;
  /** Tokens per second of each choice; 0 is as fast as the socket takes them. Default 50. */
  readonly tokensPerSecond?: number | undefined;
  /** Time before the first token, in milliseconds; the headers of a stream go out before it. Default 50. */
  readonly firstTokenMs?: number | undefined;
  /** Requests that run at once. Without it there is no bound. */
  readonly slots?: number | undefined;
  /** What happens when all slots are taken: `queue` (as vLLM, the default) or `refuse` (503). */
  readonly whenFull?: 'queue' | 'refuse' | undefined;
  /** Keep the headers and bodies of requests for `GET /demo/requests`. Default false. */
  readonly record?: boolean | undefined;
  /** Default `vllm`. */
  readonly engine?: Engine | undefined;
  /** Context length in tokens, prompt and answer together; over it 400. Default 131,072. */
  readonly contextTokens?: number | undefined;
}

/** The options with their defaults filled in. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly models: readonly string[];
  readonly seed: number;
  readonly tokensPerSecond: number;
  readonly firstTokenMs: number;
  readonly slots: number;
  readonly whenFull: 'queue' | 'refuse';
  readonly record: boolean;
  readonly engine: Engine;
  readonly contextTokens: number;
}

/** Fills the defaults in. Throws on values that make no sense. */
export function settle(options: DemoWorkerOptions): Settings {
  const settings: Settings = {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    models: options.models ?? ['demo'],
    seed: options.seed ?? 1,
    tokensPerSecond: options.tokensPerSecond ?? 50,
    firstTokenMs: options.firstTokenMs ?? 50,
    slots: options.slots ?? Number.POSITIVE_INFINITY,
    whenFull: options.whenFull ?? 'queue',
    record: options.record ?? false,
    engine: options.engine ?? 'vllm',
    contextTokens: options.contextTokens ?? 131_072,
  };
  if (settings.models.length === 0) throw new Error('models: name at least one');
  if (!(settings.tokensPerSecond >= 0)) throw new Error('tokensPerSecond: must be 0 or more');
  if (!(settings.firstTokenMs >= 0)) throw new Error('firstTokenMs: must be 0 or more');
  if (!(settings.slots >= 1)) throw new Error('slots: must be 1 or more');
  if (!(settings.contextTokens >= 1)) throw new Error('contextTokens: must be 1 or more');
  return settings;
}
