import type { TextStream } from './surroundings.ts';

const cells = 30;

/** A line that shows how far something is; nothing at all when the stream is no terminal. */
export interface ProgressBar {
  show(done: bigint, total: bigint): void;
  /** Takes the line away. */
  clear(): void;
}

/** Makes a progress bar on `stream`. */
export function createProgressBar(stream: TextStream, label: string): ProgressBar {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  return {
    show: (done, total) => void stream.write(`\r\u001b[2K${renderProgress(label, done, total)}`),
    clear: () => void stream.write('\r\u001b[2K'),
  };
}

/** `label [######------] 50 % (5 of 10)`; with nothing to do it is full. */
export function renderProgress(label: string, done: bigint, total: bigint): string {
  const bounded = done > total ? total : done;
  const share = (of: bigint) => (total === 0n ? of : (bounded * of) / total);
  const full = Number(share(BigInt(cells)));
  return `${label} [${'#'.repeat(full)}${'-'.repeat(cells - full)}] ${share(100n)} % (${done} of ${total})`;
}
