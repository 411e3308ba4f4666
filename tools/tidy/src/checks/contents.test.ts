import { expect, test } from '@jest/globals';
import { plantRepository } from '../repository.ts';
import { checkCommittedOutput } from './committed-output.ts';
import { checkForbiddenWords } from './forbidden-words.ts';
import { checkRegistryAddresses } from './registry-addresses.ts';

test.each(['see /work/main/a', 'in /home/someone/x', '/root/.cache', 'Phase 2 brings more', 'a sub-agent wrote', 'as money.md says', 'bug #12', '// TODO: later', '/Users/me/code'])('%s is told', (text) => {
  expect(checkForbiddenWords.find(plantRepository({ 'a.md': `fine\n${text}\n` }))).toHaveLength(1);
  expect(checkForbiddenWords.find(plantRepository({ 'a.ts': `// ${text}\n` }))).toHaveLength(1);
});

test('words that only resemble them are left alone, and pages that are there may be named', () => {
  const text = 'the work/life balance, https://example.org/work/a, to work / rest, a home/kitchen, phases, {/root}, vllm #215, docs/money.md, todo';
  expect(checkForbiddenWords.find(plantRepository({ 'a.md': text, 'docs/money.md': '# Money' }))).toEqual([]);
  expect(checkForbiddenWords.find(plantRepository({ 'a.md': text }))).toHaveLength(1);
});

test('addresses of registries are told, in locks and anywhere', () => {
  const lock = '{\n "resolved": "https://mirror.example/a.tgz",\n "url": "https://github.com/sponsors/x"\n}';
  expect(checkRegistryAddresses.find(plantRepository({ 'tools/a/package-lock.json': lock }))).toEqual(['tools/a/package-lock.json:2: it holds the address of a registry']);
  // In parts, since this file is checked like any other.
  for (const host of ['registry npmjs org', 'pypi org', 'files pythonhosted org', 'proxy golang org', 'repo1 maven org', 'huggingface co']) {
    expect(checkRegistryAddresses.find(plantRepository({ 'docs/a.md': `fetch https://${host.replaceAll(' ', '.')}/x` }))).toHaveLength(1);
  }
});

test.each(['apps/edge/dist/a.js', 'a.tsbuildinfo', 'x/node_modules/a/b.js', 'reports/a.json', 'run.log', 'model.gguf', 'tls.pem', '.env'])('%s is told', (file) => {
  expect(checkCommittedOutput([]).find(plantRepository({ [file]: 'x' }))).toHaveLength(1);
});

test('binaries and huge files are told, unless they are listed; an exception for what is gone is told', () => {
  const repository = plantRepository({ 'a.png': 'x\0y', 'b.json': 'x'.repeat(600_000), 'package-lock.json': 'x'.repeat(600_000), 'src/distance.ts': 'x', 'docs/log.md': 'x' });
  expect(checkCommittedOutput([]).find(repository)).toHaveLength(2);
  expect(checkCommittedOutput([{ file: 'a.png', reason: 'a picture' }, { file: 'c.png', reason: 'x' }]).find(repository)).toEqual(['b.json: 600000 bytes are too many to be written by hand', 'c.png: it is gone; take its exception off the list']);
});
