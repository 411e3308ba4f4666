import { parseSync } from '@swc/core';
import type { Repository } from './repository.ts';

/** A node of the syntax tree, as far as the checks look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [field: string]: unknown;
}

/** A parsed file. */
export interface SourceFile {
  readonly file: string;
  readonly root: SyntaxNode;
  /** The line, from 1, of a position of a span. */
  lineAt(position: number): number;
}

const parsed = new WeakMap<Repository, Map<string, SourceFile>>();

/** Code that people write here: TypeScript and modules of JavaScript, nothing generated. */
export function isSource(file: string): boolean {
  return /\.(ts|tsx|mts|mjs|js)$/.test(file) && !isGenerated(file);
}

/** What a program wrote. */
export function isGenerated(file: string): boolean {
  return file.includes('/generated/');
}

/** Code that only tests run. */
export function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || /(^|\/)tests\//.test(file);
}

/** Parses a file, once for all checks. Throws where it is no valid TypeScript. */
export function parseSource(repository: Repository, file: string): SourceFile {
  const known = parsed.get(repository) ?? new Map<string, SourceFile>();
  parsed.set(repository, known);
  const found = known.get(file);
  if (found) return found;
  const text = repository.read(file);
  const root = parseSync(text, { syntax: 'typescript', tsx: file.endsWith('x'), target: 'es2024' }) as unknown as SyntaxNode;
  const source = { file, root, lineAt: lineFinder(Buffer.from(text)) };
  known.set(file, source);
  return source;
}

/** Every node, parents before children. `visit` is told the chain of parents, the nearest last. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode, parents: readonly SyntaxNode[]) => void, parents: readonly SyntaxNode[] = []): void {
  visit(node, parents);
  const below = [...parents, node];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const item of value as unknown[]) walkValue(item, visit, below);
    else walkValue(value, visit, below);
  }
}

function walkValue(value: unknown, visit: Parameters<typeof walk>[1], parents: readonly SyntaxNode[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (typeof (value as { type?: unknown }).type === 'string') walk(value as SyntaxNode, visit, parents);
  // Arguments of calls and keys of patterns are wrapped in objects that have no type of their own.
  else for (const inner of Object.values(value)) walkValue(inner, visit, parents);
}

/** SWC counts positions in bytes, from 1. */
function lineFinder(bytes: Buffer): (position: number) => number {
  const starts = [0];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) starts.push(at + 1);
  return (position) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= position - 1) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
