type Node = Readonly<Record<string, unknown>>;

/** A member that `stripe-mock` still has although the schema and the `stripe` package have dropped it. */
const olderNames = new Set(['subscription']);

/**
 * Members that theirs has and ours has not, and values of different types, each with the path to it. Null fits everything, and
 * metadata may be anything. What ours has beyond theirs, which leaves much out that is optional, is for the schema to judge.
 */
export function compareShapes(ours: unknown, theirs: unknown, path: string): string[] {
  if (ours === null || theirs === null || theirs === undefined || path.endsWith('.metadata')) return [];
  if (kindOf(ours) !== kindOf(theirs)) return [`${path}: ${kindOf(ours)} here, ${kindOf(theirs)} there`];
  if (Array.isArray(ours) && Array.isArray(theirs)) return ours.length === 0 ? [] : compareShapes(ours[0], theirs[0], `${path}[0]`);
  if (typeof ours !== 'object' || typeof theirs !== 'object') return [];
  return Object.entries(theirs as Node).flatMap(([name, member]) => {
    if (Object.hasOwn(ours, name)) return compareShapes((ours as Node)[name], member, `${path}.${name}`);
    return olderNames.has(name) ? [] : [`${path}.${name}: only there`];
  });
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
