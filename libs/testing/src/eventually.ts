/**
 * Asks `probe` again and again until it returns a value other than undefined and false, and returns that. Throws, with
 * the last error of the probe as its cause, after `timeoutMs`. Tests wait with this; they never sleep.
 */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false, timeoutMs = 10_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > end) throw new Error(`${what}: not so after ${timeoutMs} ms`, { cause });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
