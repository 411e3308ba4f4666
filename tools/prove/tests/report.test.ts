import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { repositoryFolder } from '@tacet/constellation';
import { claims } from '../src/claims.ts';
import { reportTable } from '../src/report.ts';
import { runCommand } from '../src/run-command.ts';

test('claims are told apart and have their own places, and each has a mutation of the sources', () => {
  expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
  expect(claims[0]?.id).toBe('C0');
  for (const { mutation, further = [] } of claims) for (const { patches, processes } of [mutation, ...further]) expect(patches.length * processes.length).toBeGreaterThan(0);
});

test.each(claims.flatMap(({ id, mutation, further = [] }) => [mutation, ...further].flatMap(({ patches }) => patches).map((patch) => [id, patch.file, patch] as const)))(
  'the mutation of %s fits into %s as it is today',
  (_id, file, { from, to }) => {
    expect(readFileSync(join(repositoryFolder, file), 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  },
);

test('what is not proven says why', () => {
  const [claim] = claims;
  const table = reportTable([
    { claim: claim!, state: 'unproven', remark: 'its mutation did not break it', ms: 1 },
    { claim: claim!, state: 'red', remark: 'seen', ms: 1 },
  ]);
  expect(table).toContain('because: its mutation did not break it');
  expect(table).toContain('0 of 2 claims proven');
});

test('an unknown claim is refused before anything is started', async () => {
  let told = '';
  const sink = new Writable({ write: (chunk, _encoding, done) => {
    told += String(chunk);
    done();
  } });
  expect(await runCommand(['C99'], sink, sink)).toBe(2);
  expect(told).toContain('usage');
});
