import { processTree } from '../frame/process-usage.ts';

/** Something that answers like the worker: the worker itself, or what stands before it. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  /** What a run's requests carry beside their type. Asked for once a run: a key whose requests were cut off at the end of a run is not used again. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** Whose CPU time and memory count; undefined for the worker itself. */
  readonly pid: number | undefined;
}

/** The processes whose CPU time and memory count. */
export function pidsOf({ pid }: Target): readonly number[] {
  return pid === undefined ? [] : processTree(pid);
}
