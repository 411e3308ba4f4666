import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { updateModelsFile } from './models-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-models-'));
const served = (id: string, contextTokens?: number) => ({ id, contextTokens, ownedBy: undefined });

afterAll(() => rmSync(folder, { recursive: true }));

test('a model without a price gets the demo price, once', async () => {
  const file = join(folder, 'new.yaml');
  const first = await updateModelsFile(file, [served('a'), served('b', 512), served('a')]);
  expect(first.added).toEqual(['a', 'b']);
  expect(first.models).toEqual([
    { model: { modelId: 'a', contextTokens: 32_768, outputDefault: 1_024, overheadTokens: 64, mediaTokensMax: 4_096 }, inputPico: '100000', cachedPico: '50000', outputPico: '200000' },
    expect.objectContaining({ model: expect.objectContaining({ modelId: 'b', contextTokens: 512, outputDefault: 512 }) }),
  ]);
  const text = readFileSync(file, 'utf8');
  const second = await updateModelsFile(file, [served('b')]);
  expect(second).toEqual({ models: first.models, added: [] });
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test("a person's prices and comments stay", async () => {
  const file = join(folder, 'edited.yaml');
  const own = `# mine
models:
  - id: a # the good one
    context_tokens: 100
    output_default: 10
    overhead_tokens: 1
    media_tokens_max: 0
    usd_per_million_tokens: {input: "3", cached: "0.3", output: "15"}
`;
  writeFileSync(file, own);
  const { models, added } = await updateModelsFile(file, [served('a'), served('c')]);
  expect(added).toEqual(['c']);
  expect(models[0]).toMatchObject({ inputPico: '3000000', outputPico: '15000000' });
  expect(readFileSync(file, 'utf8')).toContain('- id: a # the good one');
  expect(readFileSync(file, 'utf8')).toContain('# mine');
});

test('a broken file is told, and left as it is', async () => {
  const file = join(folder, 'broken.yaml');
  writeFileSync(file, 'models: [{id: a, usd_per_million_tokens: {input: 0.1}}]');
  await expect(updateModelsFile(file, [served('a')])).rejects.toThrow(/models\[0\]\.context_tokens: is required/);
  expect(readFileSync(file, 'utf8')).toContain('0.1');
});
