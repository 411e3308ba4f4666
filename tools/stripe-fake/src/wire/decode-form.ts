import { parameterDepthMax, parametersMax } from '../limits.ts';
import { invalidRequest } from './stripe-error.ts';

/** Parameters as Stripe nests them: `a[b][0]=c` is `{ a: { b: { 0: 'c' } } }`. Lists are objects with the indexes as names. */
export interface ParameterTree {
  [name: string]: string | ParameterTree;
}

/** Decodes `application/x-www-form-urlencoded` with brackets. Throws `StripeError` on names that are no names. */
export function decodeForm(text: string): ParameterTree {
  const root = emptyTree();
  let count = 0;
  for (const [key, value] of new URLSearchParams(text)) {
    if (++count > parametersMax) throw invalidRequest(`The request has more than ${parametersMax} parameters.`);
    place(root, splitKey(key), value);
  }
  return root;
}

/** Without a prototype: a parameter may be called `__proto__`. */
function emptyTree(): ParameterTree {
  return Object.create(null) as ParameterTree;
}

function splitKey(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
  const [, head, tail = ''] = match ?? [];
  if (head === undefined) throw invalidRequest('Invalid request: the name of a parameter has brackets that do not match.');
  const names = [head, ...[...tail.matchAll(/\[([^[\]]*)\]/g)].map(([, name]) => name ?? '')];
  if (names.length > parameterDepthMax) throw invalidRequest(`Invalid request: parameters nest at most ${parameterDepthMax} deep.`);
  return names;
}

function place(root: ParameterTree, names: readonly string[], value: string): void {
  let at = root;
  names.forEach((given, index) => {
    const name = given === '' ? String(Object.keys(at).length) : given;
    const there = at[name];
    if (index === names.length - 1) {
      if (there !== undefined && typeof there !== 'string') throw invalidRequest(`Invalid ${name}: it is given as a value and as an object.`, name);
      at[name] = value;
      return;
    }
    if (typeof there === 'string') throw invalidRequest(`Invalid ${name}: it is given as a value and as an object.`, name);
    const next = there ?? emptyTree();
    at[name] = next;
    at = next;
  });
}
