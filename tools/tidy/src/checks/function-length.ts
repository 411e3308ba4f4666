import type { Check } from '../check.ts';
import { sizeExceptions, type SizeException } from '../exceptions.ts';
import { judgeSizes, type Sized } from '../judge-size.ts';
import { isSource, parseSource, walk, type SourceFile, type SyntaxNode } from '../syntax-tree.ts';

/** Functions have fewer lines than this, signature and closing brace included. */
export const functionLinesMax = 60;

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ClassMethod', 'PrivateMethod', 'Constructor', 'MethodProperty', 'GetterProperty', 'SetterProperty']);

/** Long functions are where nobody reads to the end. */
export function checkFunctionLength(exceptions: readonly SizeException[] = sizeExceptions): Check {
  return {
    name: `every function has fewer than ${functionLinesMax} lines`,
    find: (repository) => {
      const sized = repository.files.filter(isSource).flatMap((file) => measureFunctions(parseSource(repository, file)));
      return judgeSizes('a function', functionLinesMax, sized, exceptions.filter(({ where }) => where.includes('#')));
    },
  };
}

function measureFunctions(source: SourceFile): Sized[] {
  const sized: Sized[] = [];
  walk(source.root, (node, parents) => {
    if (!functionTypes.has(node.type) || node.span === undefined || isGroupOfTests(parents.at(-1))) return;
    const line = source.lineAt(node.span.start);
    const lines = source.lineAt(node.span.end - 1) - line + 1;
    sized.push({ where: `${source.file}#${nameOf(node, parents.at(-1))}`, place: `${source.file}:${line}`, lines });
  });
  return longestOfEachName(sized);
}

/** The function given to `describe` only holds tests together. */
function isGroupOfTests(parent: SyntaxNode | undefined): boolean {
  if (parent?.type !== 'CallExpression') return false;
  let callee = parent['callee'] as SyntaxNode;
  while (callee.type === 'CallExpression' || callee.type === 'MemberExpression' || callee.type === 'TaggedTemplateExpression') callee = (callee['callee'] ?? callee['object'] ?? callee['tag']) as SyntaxNode;
  return callee['value'] === 'describe';
}

function nameOf(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  for (const holder of [node, parent]) {
    const named = (holder?.['identifier'] ?? holder?.['key'] ?? holder?.['id']) as { value?: unknown; id?: { value?: unknown } } | undefined;
    const name = named?.value ?? named?.id?.value;
    if (typeof name === 'string') return name;
  }
  return node.type === 'Constructor' ? 'constructor' : 'anonymous';
}

/** An exception names a function; of several with one name it is about the longest. */
function longestOfEachName(sized: readonly Sized[]): Sized[] {
  const longest = new Map<string, Sized>();
  for (const one of sized) if (one.lines > (longest.get(one.where)?.lines ?? 0)) longest.set(one.where, one);
  return [...longest.values()];
}
