import type { Check, Problem } from '../check.ts';
import { focusExceptions } from '../exceptions.ts';
import type { Repository } from '../repository.ts';
import { isSource, parseSource, walk, type SyntaxNode } from '../syntax-tree.ts';

const runners = new Set(['test', 'it', 'describe', 'bench']);
const modes = new Set(['only', 'skip', 'skipIf', 'todo', 'failing', 'fixme']);
const shorthands = new Set(['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe']);

/** A test that is left out, or that leaves the others out, is a promise that nobody keeps. */
export function checkFocusedTests(exceptions: readonly { readonly file: string; readonly reason: string }[] = focusExceptions): Check {
  return {
    name: 'no test is focused, skipped or left for later',
    find: (repository) => {
      const listed = new Set(exceptions.map(({ file }) => file));
      const found = repository.files.filter(isSource).map((file) => [file, focusedIn(repository, file)] as const);
      const stale = exceptions.filter(({ file }) => !found.some(([where, problems]) => where === file && problems.length > 0));
      return [...found.flatMap(([file, problems]) => (listed.has(file) ? [] : problems)), ...stale.map(({ file }) => `${file}: it needs no exception; take it off the list`)];
    },
  };
}

function focusedIn(repository: Repository, file: string): Problem[] {
  const source = parseSource(repository, file);
  const problems: Problem[] = [];
  walk(source.root, (node) => {
    const found = focus(node);
    if (found !== undefined && node.span) problems.push(`${file}:${source.lineAt(node.span.start)}: ${found}`);
  });
  return problems;
}

function focus(node: SyntaxNode): string | undefined {
  if (node.type === 'MemberExpression') {
    const mode = (node['property'] as { value?: unknown }).value;
    return typeof mode === 'string' && modes.has(mode) && isRunner(node['object'] as SyntaxNode) ? `a test with .${mode}` : undefined;
  }
  if (node.type !== 'CallExpression') return undefined;
  const { type, value } = node['callee'] as SyntaxNode;
  return type === 'Identifier' && shorthands.has(String(value)) ? `a test with ${String(value)}` : undefined;
}

/** `test`, `test.each`, `test.each([…])`. */
function isRunner(node: SyntaxNode): boolean {
  if (node.type === 'Identifier') return runners.has(String(node['value']));
  if (node.type === 'MemberExpression') return isRunner(node['object'] as SyntaxNode);
  return node.type === 'CallExpression' && isRunner(node['callee'] as SyntaxNode);
}
