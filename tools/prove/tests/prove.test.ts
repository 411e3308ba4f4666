/**
 * Goal: every sentence that we publish about privacy is so, and each proof would notice if it were not.
 * Method: one deployment of real servers and processes. Each claim is checked on it as it is, then on one whose process a
 * known leak was patched into; the second must be red. The verdicts say which were both.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { repositoryFolder } from '@tacet/constellation';
import { claims } from '../src/claims.ts';
import { prove, type Verdict } from '../src/prove.ts';
import { reportJson, reportTable } from '../src/report.ts';

let verdicts: readonly Verdict[];

beforeAll(async () => {
  verdicts = await prove({ claims, tell: () => undefined });
}, 900_000);

test.each(claims.map(({ id, sentence }) => [id, sentence] as const))('%s: %s', (id) => {
  const verdict = verdicts.find(({ claim }) => claim.id === id);
  expect([verdict?.state, verdict?.remark]).toEqual(['proven', expect.any(String)]);
});

test('the report of programs is one line with every claim, and that of people tells what a sentence does not say', () => {
  const json = reportJson(verdicts);
  expect(json).not.toContain('\n');
  const parsed = JSON.parse(json) as { claims: { id: string; sentence: string; state: string; sinks: string[] }[] };
  expect(parsed.claims.map(({ id, state }) => [id, state])).toEqual(claims.map(({ id }) => [id, 'proven']));
  expect(parsed.claims.every((claim) => Object.keys(claim).join() === 'id,sentence,state,sinks')).toBe(true);
  const table = reportTable(verdicts);
  for (const { caveat } of claims) if (caveat !== undefined) expect(table).toContain(caveat);
});

test('the table of claims in the README is that of the code', () => {
  const readme = readFileSync(join(repositoryFolder, 'tools/prove/README.md'), 'utf8');
  for (const { id, sentence, mutation, further = [] } of claims) {
    expect(readme).toContain(`| ${id} | ${sentence} | ${mutation.what} |`);
    for (const { what } of further) expect(readme).toContain(`| ${id} | ${what} |`);
  }
});
