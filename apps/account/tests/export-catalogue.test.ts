import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { repositoryFolder } from '@tacet/constellation';
import { openPool } from '@tacet/database';
import { createTestDatabase, type TestDatabase } from '@tacet/testing';
import { excludedTables, exportedTables } from '../src/export/catalogue.ts';
import { exportResource } from '../src/export/export-resource.ts';

/*
 * Goal: no table can be forgotten by the export. Method: the catalogues of both instances, as they are after all
 * migrations, against the two lists: each table is in exactly one of them.
 */

let databases: TestDatabase[];

beforeAll(async () => {
  databases = await Promise.all([createTestDatabase('main'), createTestDatabase('keystore')]);
}, 60_000);
afterAll(() => Promise.all(databases.map((database) => database.stop())));

async function listTables({ adminUrl }: TestDatabase): Promise<string[]> {
  const pool = await openPool({ url: adminUrl, applicationName: 'catalogue', connectionsMax: 1 });
  // Partitions are their parent.
  const { rows } = await pool.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND n.nspname IN ('account', 'billing', 'keystore')`,
  );
  await pool.end();
  return rows.map(({ name }) => name);
}

test('every table is exported, or left out for a reason that is written down', async () => {
  const tables = (await Promise.all(databases.map(listTables))).flat();
  expect(tables.length).toBeGreaterThan(30);
  const listed = [...Object.keys(exportedTables), ...Object.keys(excludedTables)];
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.sort()).toEqual(tables.sort());
  for (const reason of Object.values(excludedTables)) expect(reason.length).toBeGreaterThan(10);
});

test('the places that exported tables name are in the bundle', () => {
  const { shape } = exportResource;
  for (const place of Object.values(exportedTables).flatMap((places) => places.split(', '))) {
    const [head = ''] = place.split(/[.[]/);
    expect(Object.keys(shape)).toContain(head);
  }
});

test('the page about security tells the same', () => {
  const page = readFileSync(join(repositoryFolder, 'docs/security.md'), 'utf8');
  for (const [table, reason] of Object.entries(excludedTables)) expect(page).toContain(`| \`${table}\` | ${reason} |`);
});
