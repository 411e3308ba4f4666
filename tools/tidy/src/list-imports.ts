import { parseSource, walk, type SyntaxNode } from './syntax-tree.ts';
import type { Repository } from './repository.ts';

/** Something that a file takes from another. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** Every import, export-from, `import()`, and import of a type, of a file. */
export function listImports(repository: Repository, file: string): readonly Import[] {
  const source = parseSource(repository, file);
  const imports: Import[] = [];
  walk(source.root, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined && node.span) imports.push({ specifier, line: source.lineAt(node.span.start) });
  });
  return imports;
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return textOf(node['source']);
    case 'TsImportType':
      return textOf(node['argument']);
    case 'CallExpression': {
      const [first] = node['arguments'] as { expression: unknown }[];
      return (node['callee'] as SyntaxNode).type === 'Import' ? textOf(first?.expression) : undefined;
    }
    default:
      return undefined;
  }
}

function textOf(node: unknown): string | undefined {
  const { type, value } = (node ?? {}) as { type?: unknown; value?: unknown };
  return type === 'StringLiteral' && typeof value === 'string' ? value : undefined;
}
