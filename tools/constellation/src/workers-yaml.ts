import { stringify } from 'yaml';

/** One pool of workers.yaml; the fields are the edge's (its README lists them). */
export interface Pool {
  readonly id: string;
  /** Without `/v1`. */
  readonly url: string;
  readonly kind: string;
  readonly models: readonly string[];
}

/** The text of a workers.yaml. */
export function workersYaml(pools: readonly Pool[]): string {
  return stringify({ pools });
}
