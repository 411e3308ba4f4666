/**
 * Goal: the format stays small enough to be read line by line, and says which clause each step follows. Method: the sources
 * themselves are counted, and searched for the clauses.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const folder = new URL('../src/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
const linesOf = (name: string) => readFileSync(new URL(name, folder), 'utf8').split('\n').filter((line) => line.trim() !== '');

test('the format is at most 250 lines; its twin, which proves it, is as short', () => {
  const own = names.filter((name) => name !== 'noble-record.ts');
  expect(own.flatMap(linesOf).length).toBeLessThanOrEqual(250);
  expect(linesOf('noble-record.ts').length).toBeLessThanOrEqual(60);
});

test('each step cites the clause that it follows', () => {
  const clauses: Readonly<Record<string, readonly string[]>> = {
    'aead.ts': ['RFC 8439 §2.8'],
    'hkdf.ts': ['RFC 5869 §2.2', 'RFC 5869 §2.3'],
    'record.ts': ['RFC 5869 §3.3', 'RFC 5869 §2.3', 'ISO/IEC 7816-4'],
    'wrapped-dek.ts': ['RFC 5869 §2.3', 'RFC 8439 §2.8'],
  };
  for (const [name, cited] of Object.entries(clauses)) for (const clause of cited) expect(linesOf(name).join('\n')).toContain(clause);
});

test('it imports nothing but node:crypto and itself, and reads neither clock nor environment', () => {
  const imports = names.filter((name) => name !== 'noble-record.ts').flatMap((name) => [...linesOf(name).join('\n').matchAll(/from '([^']+)'/g)].map(([, from]) => from));
  expect(imports.filter((from) => from !== 'node:crypto' && !from?.startsWith('./'))).toEqual([]);
  for (const name of names) expect(linesOf(name).join('\n')).not.toMatch(/\bprocess\b|Date\.now|performance\.now|Math\.random/);
});
