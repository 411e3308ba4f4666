import type { z } from 'zod';
import type { ParameterTree } from './decode-form.ts';
import { invalidRequest, type StripeError } from './stripe-error.ts';

/** Reads parameters. Throws `StripeError` in Stripe's words about the first that is wrong. */
export function readParameters<Shape extends z.ZodType>(shape: Shape, tree: ParameterTree): z.output<Shape> {
  const read = shape.safeParse(tree);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue === undefined) throw new Error('zod refused without an issue');
  throw describe(issue, tree);
}

function describe(issue: z.core.$ZodIssue, tree: ParameterTree): StripeError {
  if (issue.code === 'unrecognized_keys') {
    const param = nameOf([...issue.path, issue.keys[0] ?? '']);
    return invalidRequest(`Received unknown parameter: ${param}`, param, 'parameter_unknown');
  }
  const param = nameOf(issue.path);
  if (valueAt(tree, issue.path) === undefined) return invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing');
  if (issue.code === 'custom') {
    const message = /^(must be|\S+\. Stripe currently)/.test(issue.message) ? `Invalid ${param}: ${issue.message}` : issue.message;
    return invalidRequest(message, param, (issue['params'] as { code?: string } | undefined)?.code);
  }
  return invalidRequest(issue.code === 'invalid_type' || issue.code === 'invalid_union' ? `Invalid ${param}` : issue.message, param);
}

/** `line_items[0][price_data][currency]`. */
function nameOf(path: readonly PropertyKey[]): string {
  const [head = '', ...rest] = path.map(String);
  return head + rest.map((name) => `[${name}]`).join('');
}

/** A list's elements are counted from 0 in the path, whatever their indexes on the wire were. */
function valueAt(tree: ParameterTree, path: readonly PropertyKey[]): unknown {
  let at: unknown = tree;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    const members: Record<string, unknown> = at as Record<string, unknown>;
    at = typeof name === 'number' ? Object.keys(members).sort((a, b) => Number(a) - Number(b)).map((key) => members[key])[name] : members[String(name)];
  }
  return at;
}
