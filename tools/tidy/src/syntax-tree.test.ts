import { expect, test } from '@jest/globals';
import { plantRepository } from './repository.ts';
import { parseSource, walk } from './syntax-tree.ts';

test('lines are counted from 1 in every file, whatever characters stand before', () => {
  const repository = plantRepository({ 'a.ts': '// 日本語\n\nconst é = "🎼";\nfunction f() {\n}\n', 'b.ts': '#!/usr/bin/env node\n/** x */\nfunction g() {}\n' });
  const lines = (file: string) => {
    const source = parseSource(repository, file);
    const found: number[] = [];
    walk(source.root, (node) => void (node.type === 'FunctionDeclaration' && found.push(source.lineAt(node.span!.start), source.lineAt(node.span!.end - 1))));
    return found;
  };
  expect([lines('a.ts'), lines('b.ts'), lines('a.ts')]).toEqual([[4, 5], [3, 3], [4, 5]]);
});

test('arguments of calls are visited', () => {
  const types: string[] = [];
  walk(parseSource(plantRepository({ 'a.ts': 'f(() => g({ a: [h`x`] }))' }), 'a.ts').root, ({ type }) => types.push(type));
  expect(types).toEqual(expect.arrayContaining(['ArrowFunctionExpression', 'ArrayExpression', 'TaggedTemplateExpression']));
});
