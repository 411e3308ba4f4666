import { CanarySet, unknownLabel } from './canaries.ts';
import type { Quarry } from './encodings.ts';
import type { Finding } from './scan-bytes.ts';

/** A place where content would lie if it leaked. */
export interface Sink {
  readonly name: string;
  /** Puts a marker there, the way content would get there. */
  plant(marker: string): Promise<void>;
  /** Everything that is found there. `sinceMs`: what was last changed before may be left out. */
  scan(quarry: Quarry, sinceMs: number): Promise<Finding[]>;
}

/** What a scan of one sink came to. */
export interface SinkScan {
  readonly sink: string;
  /** Whether the marker that was planted for this very scan was found; without it the rest says nothing. */
  readonly isValid: boolean;
  /** What was found beside planted markers. */
  readonly findings: readonly Finding[];
}

/** Plants a fresh marker in every sink, then scans all of them, one after the other. Throws what a sink that cannot be read throws. */
export async function scanSinks(sinks: readonly Sink[], quarry: Quarry, sinceMs = 0): Promise<SinkScan[]> {
  // A set of its own: markers of scans before are not taken for those of this one.
  const controls = new CanarySet();
  for (const sink of sinks) await sink.plant(controls.mint(sink.name));
  const both: Quarry = {
    needles: [...quarry.needles, ...controls.needles],
    labelAt: (window, encoding) => {
      const label = controls.labelAt(window, encoding);
      return label === unknownLabel ? quarry.labelAt(window, encoding) : controlLabel + label;
    },
  };
  const scans: SinkScan[] = [];
  for (const sink of sinks) {
    const found = await sink.scan(both, sinceMs);
    const isValid = found.some(({ label }) => label === controlLabel + sink.name);
    scans.push({ sink: sink.name, isValid, findings: found.filter(({ label }) => !label.startsWith(controlLabel)) });
  }
  return scans;
}

const controlLabel = 'control of ';
