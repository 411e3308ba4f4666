import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

/*
 * Goal: every alert that operators are given can fire. Method: the file has the form that Prometheus reads, and each of our own
 * metrics that it names is one that its process registers.
 */

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(root + path, 'utf8');
const { groups } = parse(read('docs/operating/alerts.yaml')) as {
  groups: { name: string; rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const money = read('docs/money.md');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

test('groups and alerts have names of their own', () => {
  expect(rules.length).toBeGreaterThan(10);
  for (const names of [groups.map(({ name }) => name), rules.map(({ alert }) => alert)]) expect(new Set(names).size).toBe(names.length);
});

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s has the form of a rule and names metrics that exist', (alert, rule) => {
  expect(Object.keys(rule).filter((field) => !['alert', 'expr', 'for', 'labels', 'annotations'].includes(field))).toEqual([]);
  expect(alert).toMatch(/^Tacet[A-Za-z]+$/);
  expect(rule.for ?? '1m').toMatch(/^\d+[smh]$/);
  expect(['page', 'ticket']).toContain(rule.labels.severity);
  const count = (of: string) => rule.expr.split(of).length;
  expect([count('('), count('{'), count('[')]).toEqual([count(')'), count('}'), count(']')]);
  expect(rule.expr).toMatch(/ (==|>|<) [\d.]+$/);
  const named = [...rule.expr.matchAll(/\btacet_(billing|edge|account|keys|pruner)_(\w+)/g)];
  expect(named.length).toBeGreaterThan(0);
  for (const [, app, name] of named) expect([name, read(`apps/${app}/src/metrics.ts`).includes(`'${name}'`)]).toEqual([name, true]);
  // The summary ends with the part of docs/money.md that says what to do.
  const [, part] = /\(([A-Z][a-z ]+)\)/.exec(rule.annotations.summary) ?? [];
  expect(money).toContain(`## ${part}\n`);
});
