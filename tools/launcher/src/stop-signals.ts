/** A person or a program that wants the launcher to end. */
export interface StopSignals {
  /** Aborted at the first signal. */
  readonly stop: AbortSignal;
  /** Aborted when Ctrl-C comes once more, at least a second later: a signal may arrive twice, by the terminal and by npm. */
  readonly atOnce: AbortSignal;
}

const repeatMs = 1_000;

/** Listens for SIGINT, SIGTERM and SIGHUP, and for the end of the command that started this process. */
export function listenForStop(from: NodeJS.Process): StopSignals {
  const stop = new AbortController();
  const atOnce = new AbortController();
  let firstMs: number | undefined;
  const asked = () => {
    const nowMs = performance.now();
    if (firstMs !== undefined && nowMs - firstMs >= repeatMs) atOnce.abort();
    firstMs ??= nowMs;
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) from.on(name, asked);
  from.on('disconnect', () => {
    firstMs ??= performance.now();
    stop.abort();
  });
  // The channel alone must not keep this process alive.
  from.channel?.unref();
  return { stop: stop.signal, atOnce: atOnce.signal };
}
