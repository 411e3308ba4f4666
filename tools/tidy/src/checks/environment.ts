import type { Check, Problem } from '../check.ts';
import { isSource, isTest, parseSource, walk, type SyntaxNode } from '../syntax-tree.ts';

/** Where the environment may be read. */
function mayRead(file: string): boolean {
  return isTest(file) || /(^|\/)(main|config)\.ts$/.test(file) || /^(libs\/(service|testing)|tools)\//.test(file) || !file.includes('/');
}

/** A process reads its environment in one place, which checks all of it and refuses what it does not know. */
export const checkEnvironment: Check = {
  name: 'the environment is read only in config.ts, main.ts, libs/service and tools',
  find: (repository) =>
    repository.files.filter((file) => isSource(file) && !mayRead(file)).flatMap((file) => {
      const source = parseSource(repository, file);
      const problems: Problem[] = [];
      walk(source.root, (node) => {
        if (readsEnvironment(node) && node.span) problems.push(`${file}:${source.lineAt(node.span.start)}: it reads the environment`);
      });
      return problems;
    }),
};

/** `process.env`, `process['env']`, `const { env } = process`, `import { env } from 'node:process'`. */
function readsEnvironment(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'MemberExpression': {
      const { value, expression } = node['property'] as { value?: unknown; expression?: { value?: unknown } };
      return isProcess(node['object'] as SyntaxNode) && (value ?? expression?.value) === 'env';
    }
    case 'VariableDeclarator':
      return isProcess(node['init'] as SyntaxNode | null) && JSON.stringify(node['id']).includes('"value":"env"');
    case 'ImportDeclaration':
      return /^(node:)?process$/.test(String((node['source'] as { value?: unknown }).value)) && JSON.stringify(node['specifiers']).includes('"value":"env"');
    default:
      return false;
  }
}

function isProcess(node: SyntaxNode | null): boolean {
  if (node?.type === 'MemberExpression') return (node['property'] as { value?: unknown }).value === 'process';
  return node?.type === 'Identifier' && node['value'] === 'process';
}
