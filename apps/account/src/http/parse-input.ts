import { TacetError, type ErrorCode } from '@tacet/errors';
import type { z } from 'zod';

/**
 * Checks a value that came from outside against its schema. Throws `code` (`field_invalid`) with the name of the
 * field and the rule it breaks; never a value, and never a name that the caller made up.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, code: ErrorCode = 'field_invalid'): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  // Path segments of an issue are keys of the schema and indexes of arrays; unknown keys are not among them.
  const param = issue && issue.path.length > 0 ? issue.path.map(String).join('.') : undefined;
  throw new TacetError(code, { param, message: issue ? `${param ?? 'The input'} ${rule(issue)}.` : undefined });
}

/** The rule that a value breaks. zod's own messages can quote what they were given, so only some pass. */
function rule(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `is required and of type ${issue.expected}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return 'has a field that is not known here';
    case 'invalid_format':
      return issue.format === 'regex' ? issue.message : `must be a valid ${issue.format}`;
    case 'custom':
      return issue.message;
    default:
      return 'is not valid';
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
}
