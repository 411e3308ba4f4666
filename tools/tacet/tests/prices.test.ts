import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { documentOf, tacet } from './command-line.ts';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

let fake: FakeDeployment;
const run = (...line: string[]) => tacet(line, { folder: fake.folder });

const sold = { modelId: 'small', contextTokens: 8192, outputDefault: 1024, overheadTokens: 64, mediaTokensMax: 0, priceVersion: 1 };
const price = { priceVersion: 1, modelId: 'small', inputPico: '100000', cachedPico: '50000', outputPico: '200000', effectiveAtMs: '0' };
const file = (output: string) => `models:
  - { id: small, context_tokens: 8192, output_default: 1024, overhead_tokens: 64, media_tokens_max: 0, usd_per_million_tokens: { input: "0.10", cached: "0.05", output: "${output}" } }
  - { id: large, context_tokens: 8192, output_default: 1024, overhead_tokens: 64, media_tokens_max: 576, usd_per_million_tokens: { input: "1", cached: "0.5", output: "2" } }
`;

beforeAll(async () => {
  fake = await startFakeDeployment();
  writeFileSync(join(fake.folder, 'models.yaml'), file('0.25'));
});
afterAll(() => fake.stop());

/** Answers with a catalogue of `small` and another model, and one added version for what is sent. */
function sell(): void {
  fake.answer({
    Ledger: {
      ApplyPrices: async ({ models }) => ({
        models: [sold, { ...sold, modelId: 'old', priceVersion: 0 }],
        prices: [price],
        added: models.length,
      }),
    },
  });
}

test('a dry run says what would change and sends nothing', async () => {
  sell();
  const result = await run('prices', 'apply', 'models.yaml', '--dry-run', '--json');
  expect(documentOf(result)).toMatchObject({
    dry_run: true,
    added: 2,
    models: [
      { id: 'small', change: 'new_price', usd_per_million_tokens: { output: '0.25' } },
      { id: 'large', change: 'new_model' },
    ],
  });
  expect(fake.calls.map(({ request }) => request)).toEqual([{ models: [] }]);
  expect(result.stderr).toContain('left as they are: old');
});

test('a price list is published as it stands', async () => {
  sell();
  const { stdout, stderr } = await run('prices', 'apply', join(fake.folder, 'models.yaml'));
  expect(stdout).toMatch(/^MODEL .*CHANGE\nsmall +0\.10 +0\.05 +0\.25 +8192 +1024 +new price\nlarge +1\.00 +0\.50 +2\.00 .*new model\n/);
  expect(stderr).toContain('2 new price versions.');
  expect(fake.calls[1]?.request).toMatchObject({
    models: [
      {
        model: { modelId: 'small', contextTokens: 8192, outputDefault: 1024, overheadTokens: 64 },
        inputPico: '100000',
        cachedPico: '50000',
        outputPico: '250000',
      },
      { model: { modelId: 'large', mediaTokensMax: 576 }, outputPico: '2000000' },
    ],
  });
});

test('a wrong file is told whole, and nothing is called', async () => {
  sell();
  writeFileSync(join(fake.folder, 'wrong.yaml'), file('0.25').replace('"0.10"', '0.10').replace('8192', 'many'));
  const result = await run('prices', 'apply', 'wrong.yaml', '--json');
  expect(result.code).toBe(1);
  expect(documentOf(result)['error']).toMatchObject({
    code: 'invalid_file',
    problems: [
      'models[0].context_tokens: must be a number',
      'models[0].usd_per_million_tokens.input: must be a decimal number in quotes, such as "0.10"',
    ],
  });
  expect(fake.calls).toEqual([]);
  expect((await run('prices', 'apply', 'missing.yaml')).stderr).toContain('missing.yaml cannot be read');
});

test('prices in force are shown, and a model without one has none', async () => {
  sell();
  expect(documentOf(await run('prices', 'show', '--json'))).toMatchObject({
    models: [
      { id: 'old', usd_per_million_tokens: null, price_version: null },
      { id: 'small', usd_per_million_tokens: { input: '0.10' }, price_version: 1 },
    ],
  });
  expect((await run('prices', 'show')).stdout).toMatch(/old +- +- +- /);
  fake.answer({ Ledger: { ApplyPrices: async () => ({ models: [], prices: [], added: 0 }) } });
  expect(await run('prices', 'show')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no models yet') });
});
