import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { grpcStatus } from '@tacet/errors';
import { renderErrorsPage } from '../errors-page.ts';
import { plantRepository } from '../repository.ts';
import { checkDocumentedErrors } from './documented-errors.ts';
import { checkDocumentedLimits } from './documented-limits.ts';
import { checkDocumentedVariables } from './documented-variables.ts';
import { checkGeneratedProtos } from './generated-protos.ts';

const catalogue = {
  gone: { http: 410, grpc: grpcStatus.notFound, retry: false, title: 'It is | gone.', remedy: 'Start anew.' },
  fenced: { http: 0, grpc: grpcStatus.aborted, retry: true, title: 'The epoch ended.', remedy: 'Begin another.' },
};

test('the page of errors has a row for each code, and those of gRPC stand last', () => {
  const page = renderErrorsPage(catalogue);
  expect(page).toContain('| <a id="gone"></a>`gone` | It is \\| gone. | Start anew. | no |');
  expect(page.indexOf('## 410')).toBeLessThan(page.indexOf('## Over gRPC only'));
  expect(checkDocumentedErrors(catalogue).find(plantRepository({ 'docs/errors.md': page }))).toEqual([]);
});

test('a missing page, a missing code and a page of yesterday are told', () => {
  const find = (files: Record<string, string>) => checkDocumentedErrors(catalogue).find(plantRepository(files));
  expect(find({})[0]).toMatch(/no such page/);
  expect(find({ 'docs/errors.md': 'about `gone`' })).toEqual(['docs/errors.md: it does not tell of fenced']);
  expect(find({ 'docs/errors.md': renderErrorsPage(catalogue).replace('Start anew', 'Stop') })[0]).toMatch(/not what the catalogue says/);
});

const shared = { 'libs/service/src/environment.ts': 'export const commonVariables = { TACET_LOG_LEVEL: 1 };', 'libs/service/README.md': '| `TACET_LOG_LEVEL` |' };
const config = { 'apps/edge/src/config.ts': "loadConfig({ ...commonVariables, TACET_EDGE_PORT: port(), 'TACET_TLS_DIR': path() }); x.TACET_READ_ONLY;", 'apps/billing/src/config.ts': 'f({ TACET_LEDGER_SESSION_MS: 1 })', 'apps/billing/README.md': '`TACET_LEDGER_SESSION_MS`' };

test('a variable that no README tells of, and one that nothing reads, are told', () => {
  const find = (readme: string) => checkDocumentedVariables.find(plantRepository({ ...shared, ...config, 'apps/edge/README.md': readme }));
  const good = '| variable |\n|---|\n| `TACET_EDGE_PORT` | a |\n| `TACET_TLS_DIR` | b |\n| `TACET_LOG_LEVEL` | c |\nBilling has TACET_LEDGER_SESSION_MS.';
  expect(find(good)).toEqual([]);
  expect(find(good.replace('`TACET_TLS_DIR`', 'tls'))).toEqual(['apps/edge/README.md: it does not tell of TACET_TLS_DIR, which apps/edge/src/config.ts reads']);
  expect(find(`${good}\n| \`TACET_LEDGER_SESSION_MS\` |`)).toEqual(['apps/edge/README.md:7: the app does not read TACET_LEDGER_SESSION_MS']);
  expect(find(`${good}\nand TACET_EDGE_PORTS`)).toEqual(['apps/edge/README.md:7: nothing reads TACET_EDGE_PORTS']);
  expect(checkDocumentedVariables.find(plantRepository({ ...shared, 'libs/service/README.md': '' }))).toHaveLength(1);
});

test('a limit that the README does not tell of is told', () => {
  const find = (file: string, code: string, readme = '') => checkDocumentedLimits.find(plantRepository({ 'apps/edge/package.json': '{}', 'apps/edge/README.md': readme, [`apps/edge/src/${file}`]: code }));
  expect(find('a.ts', 'export const bodyBytesMax = 1, waitMs = 2;', '`bodyBytesMax`, waitMsMax')).toEqual(['apps/edge/src/a.ts:1: apps/edge/README.md does not tell of waitMs']);
  expect(find('limits.ts', 'const poolMax = 1;')).toHaveLength(1);
  expect(find('a.ts', 'const poolMax = 1; export const dayMs = 2; export const name = 3; export function f() { const innerMax = 1; return innerMax; }')).toEqual([]);
  expect(find('a.test.ts', 'export const poolMax = 1;')).toEqual([]);
});

test('generated files that differ, are missing or are left over are told', () => {
  const folder = 'libs/rpc/src/generated';
  const check = checkGeneratedProtos('/nowhere', (output) => {
    mkdirSync(join(output, 'a'));
    writeFileSync(join(output, 'a', 'same.ts'), 'same');
    writeFileSync(join(output, 'changed.ts'), 'new');
    writeFileSync(join(output, 'added.ts'), 'added');
  });
  expect(check.find(plantRepository({ [`${folder}/a/same.ts`]: 'same', [`${folder}/changed.ts`]: 'old', [`${folder}/gone.ts`]: 'x' }))).toEqual([
    `${folder}/added.ts: it is not what the protos give; npm run protos makes it anew`,
    `${folder}/changed.ts: it is not what the protos give; npm run protos makes it anew`,
    `${folder}/gone.ts: the protos no longer give it; npm run protos takes it away`,
  ]);
});
