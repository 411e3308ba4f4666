import { parseSource, walk, type SyntaxNode } from './syntax-tree.ts';
import type { Repository } from './repository.ts';

/** A constant that stands at the top of a file. */
export interface Constant {
  readonly name: string;
  readonly line: number;
  readonly exported: boolean;
}

/** The `const`s at the top level of a file. */
export function listConstants(repository: Repository, file: string): readonly Constant[] {
  const source = parseSource(repository, file);
  const constants: Constant[] = [];
  walk(source.root, (node, parents) => {
    if (node.type !== 'VariableDeclarator' || !node.span) return;
    const outer = parents.map(({ type }) => type);
    const exported = outer.includes('ExportDeclaration');
    if (outer.join(' ') !== (exported ? 'Module ExportDeclaration VariableDeclaration' : 'Module VariableDeclaration')) return;
    const name = (node['id'] as SyntaxNode)['value'];
    if (typeof name === 'string') constants.push({ name, line: source.lineAt(node.span.start), exported });
  });
  return constants;
}
