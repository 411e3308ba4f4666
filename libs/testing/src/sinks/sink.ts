import type { CanarySet } from './canaries.ts';
import type { Finding } from './scan-bytes.ts';

/** A place where content would lie if it leaked. */
export interface Sink {
  readonly name: string;
  /** Puts a marker there, the way content would get there. */
  plant(marker: string): Promise<void>;
  /** Everything that is found there. `sinceMs`: what was last changed before may be left out. */
  scan(canaries: CanarySet, sinceMs: number): Promise<Finding[]>;
}

/** What a scan of one sink came to. */
export interface SinkScan {
  readonly sink: string;
  /** Whether the marker that was planted for this very scan was found; without it the rest says nothing. */
  readonly isValid: boolean;
  /** What was found beside planted markers. */
  readonly findings: readonly Finding[];
}

const controlLabel = 'control of ';

/** Plants a fresh marker in every sink, then scans all of them, one after the other. Throws what a sink that cannot be read throws. */
export async function scanSinks(sinks: readonly Sink[], canaries: CanarySet, sinceMs = 0): Promise<SinkScan[]> {
  const controls = new Map<Sink, string>();
  for (const sink of sinks) {
    // A number tells this scan's marker from those of scans before.
    const label = `${controlLabel}${sink.name} ${controlCount++}`;
    controls.set(sink, label);
    await sink.plant(canaries.mint(label));
  }
  const scans: SinkScan[] = [];
  for (const sink of sinks) {
    const found = await sink.scan(canaries, sinceMs);
    const isValid = found.some(({ label }) => label === controls.get(sink));
    scans.push({ sink: sink.name, isValid, findings: found.filter(({ label }) => !label.startsWith(controlLabel)) });
  }
  return scans;
}

let controlCount = 0;
