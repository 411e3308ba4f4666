/**
 * Gives the event loop back after every `count` calls, so that single calls are served between the records of a
 * batch.
 */
export function yieldEvery(count: number): () => Promise<void> | undefined {
  let calls = 0;
  return () => (++calls % count === 0 ? new Promise((resolve) => void setImmediate(resolve)) : undefined);
}
