import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { repositoryFolder } from './applications.ts';

const read = (path: string) => readFileSync(join(repositoryFolder, path), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const { groups } = parse(read('docs/operating/privacy-alerts.yaml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s names a metric of the pruner and wakes somebody', (_alert, { expr, labels, annotations }) => {
  const named = [...expr.matchAll(/tacet_pruner_\w+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect(read('apps/pruner/src/metrics.ts')).toContain(`'${name}'`);
  expect(labels.severity).toBe('page');
  expect(annotations.summary.length).toBeGreaterThan(20);
});

test('a conversation that is overdue is told of a minute before the promise is broken', () => {
  const rule = rules.find(({ alert }) => alert === 'TacetEphemeralOverdue');
  expect(rule?.expr).toBe('max(tacet_pruner_oldest_overdue_seconds{table="conversation"}) > 240');
});
