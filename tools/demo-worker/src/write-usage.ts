import type { DemoBehaviour } from './behaviour.ts';
import type { Counts, Dialect } from './dialects/dialect.ts';

const shrinkingFrom = 10_000;

/**
 * The `usage` object of a chunk or answer as JSON, true or as the behaviour falsifies it; undefined for none.
 * `final`: the one that stands for the whole answer.
 */
export function writeUsage(dialect: Dialect, counts: Counts, final: boolean, fault: DemoBehaviour['usage']): string | undefined {
  const { prompt, completion } = counts;
  switch (fault) {
    case undefined:
      return dialect.usage(counts, final);
    case 'missing':
      return undefined;
    case 'unfinished':
      return final ? undefined : dialect.usage(counts, final);
    case 'final-only':
      return final ? dialect.usage(counts, final) : undefined;
    case 'negative':
      return `{"prompt_tokens":${prompt},"total_tokens":${prompt - 5},"completion_tokens":-5}`;
    case 'nan':
      return `{"prompt_tokens":${prompt},"total_tokens":NaN,"completion_tokens":NaN}`;
    case 'text':
      return `{"prompt_tokens":"${prompt}","total_tokens":"${prompt + completion}","completion_tokens":"${completion}"}`;
    case 'absurd':
      return `{"prompt_tokens":${prompt},"total_tokens":1e12,"completion_tokens":1e12}`;
    case 'fraction':
      return `{"prompt_tokens":${prompt},"total_tokens":${prompt + completion}.5,"completion_tokens":${completion}.5}`;
    case 'shrinking':
      return dialect.usage({ ...counts, completion: Math.max(0, shrinkingFrom - completion) }, final);
    case 'cost':
      return `${dialect.usage(counts, final).slice(0, -1)},"cost":0.000001,"total_cost":0.000001}`;
    case 'zero':
      return dialect.usage({ prompt: 0, completion: 0, cached: 0 }, final);
    case 'cached':
      return dialect.usage({ ...counts, cached: prompt + 1_000 }, final);
    case 'empty':
      break;
  }
  return '{}';
}
