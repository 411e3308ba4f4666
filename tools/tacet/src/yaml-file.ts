import { readFileSync, statSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { InvalidFileError } from './invalid-file-error.ts';

/** Largest YAML file that is read, in bytes. */
export const yamlBytesMax = 1024 * 1024;

/** Reads a YAML file (1.2, core schema, no duplicate keys) that `schema` describes. Throws `InvalidFileError` with all problems. */
export function readYamlFile<T>(file: string, parse: (text: string, file: string) => T): T {
  let text: string;
  try {
    if (statSync(file).size > yamlBytesMax) throw new InvalidFileError(file, [`is larger than ${yamlBytesMax} bytes`]);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof InvalidFileError) throw error;
    throw new Error(`${file} cannot be read`, { cause: error });
  }
  return parse(text, file);
}

/**
 * Parses YAML and checks it against a schema and, whether or not that holds, against `further` rules over the raw
 * value. Throws `InvalidFileError`, which lists everything at once.
 */
export function parseYaml<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
  further: (raw: unknown) => readonly string[],
): z.output<S> {
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map(
      ({ code, pos: [at] }) =>
        `line ${text.slice(0, at).split('\n').length}: is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
    );
    throw new InvalidFileError(file, problems);
  }
  const raw: unknown = document.toJS({ maxAliasCount: 100 });
  const { success, data, error } = schema.safeParse(raw);
  const problems = [...(error ? describeIssues(error.issues, raw) : []), ...further(raw)];
  if (!success || problems.length > 0) throw new InvalidFileError(file, problems);
  return data;
}

/** One line for each problem: `path: rule`. zod's own sentences are replaced, since they do not fit a path. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], raw: unknown): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${pathOf([...issue.path, key])}: is not a known field`);
    return [`${pathOf(issue.path)}: ${ruleOf(issue, raw)}`];
  });
}

function ruleOf(issue: z.core.$ZodIssue, raw: unknown): string {
  if (valueAt(raw, issue.path) === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('must ')
        ? issue.message
        : `must be ${article(issue.expected === 'int' ? 'whole number' : issue.expected)}`;
    case 'too_small':
      if (issue.message.startsWith('must ')) return issue.message;
      return issue.origin === 'array' ? `must have at least ${issue.minimum} elements` : `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.message.startsWith('must ')) return issue.message;
      return issue.origin === 'array' ? `must have at most ${issue.maximum} elements` : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    default:
      return issue.message.startsWith('must ') ? issue.message : 'is not valid';
  }
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? 'the file' : text.replace(/^\./, '');
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
