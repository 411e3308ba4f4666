import type { DemoBehaviour } from './behaviour.ts';

/** Counts of an answer so far. */
export interface Counts {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
}

/** Counts as they are written: numbers, or what a fault puts in their place. */
export interface UsageLiterals {
  readonly prompt: number | string;
  readonly completion: number | string;
  readonly total: number | string;
  readonly cached: number;
}

/** Writes a `usage` object as JSON. `final`: the one that stands for the whole answer. */
export type UsageWriter = (literals: UsageLiterals, final: boolean) => string;

const shrinkingFrom = 10_000;

/** The `usage` object of a chunk or answer, true or as the behaviour falsifies it; undefined for none. */
export function writeUsage(write: UsageWriter, counts: Counts, final: boolean, fault: DemoBehaviour['usage']): string | undefined {
  const { prompt, completion, cached } = counts;
  const truth = { prompt, completion, total: prompt + completion, cached };
  switch (fault) {
    case undefined:
      return write(truth, final);
    case 'missing':
      return undefined;
    case 'unfinished':
      return final ? undefined : write(truth, final);
    case 'final-only':
      return final ? write(truth, final) : undefined;
    case 'negative':
      return write({ ...truth, completion: -5, total: prompt - 5 }, final);
    case 'nan':
      return write({ ...truth, completion: 'NaN', total: 'NaN' }, final);
    case 'text':
      return write({ ...truth, prompt: `"${prompt}"`, completion: `"${completion}"`, total: `"${prompt + completion}"` }, final);
    case 'absurd':
      return write({ ...truth, completion: '1e12', total: '1e12' }, final);
    case 'fraction':
      return write({ ...truth, completion: `${completion}.5`, total: `${prompt + completion}.5` }, final);
    case 'shrinking':
      return write({ ...truth, completion: Math.max(0, shrinkingFrom - completion), total: prompt + Math.max(0, shrinkingFrom - completion) }, final);
    case 'cost':
      return `${write(truth, final).slice(0, -1)},"cost":0.000001,"total_cost":0.000001}`;
    case 'zero':
      return write({ prompt: 0, completion: 0, total: 0, cached: 0 }, final);
    case 'cached':
      return write({ ...truth, cached: prompt + 1_000 }, final);
    case 'empty':
      break;
  }
  return '{}';
}
