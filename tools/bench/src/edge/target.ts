import { processTree } from '../frame/process-usage.ts';

/** Something that answers like the worker: the worker itself, or what stands before it. */
export interface Target {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whose CPU time and memory count; undefined for the worker itself. */
  readonly pid: number | undefined;
}

/** The processes whose CPU time and memory count. */
export function pidsOf({ pid }: Target): readonly number[] {
  return pid === undefined ? [] : processTree(pid);
}
