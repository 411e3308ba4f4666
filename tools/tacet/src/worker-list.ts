import { repeatedIds, workersFileSchema, type PoolSettings } from '@tacet/workers-file';
import { parseYaml } from './yaml-file.ts';

/** Parses a workers.yaml by the edge's own rules. Throws `InvalidFileError` that names every problem by path and rule. */
export function parseWorkerList(text: string, file: string): readonly PoolSettings[] {
  return parseYaml(text, file, workersFileSchema, duplicateIds).pools;
}

function duplicateIds(raw: unknown): readonly string[] {
  return repeatedIds(raw).map(({ at, first }) => `pools[${at}].id: is the same as pools[${first}].id`);
}
