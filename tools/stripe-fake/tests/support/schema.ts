/** A part of Stripe's OpenAPI file, as far as answers need it. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
}

/** Names that the `stripe` package promises and the schema leaves out, by the kind of object (none: a part of one). */
const undocumented: Readonly<Record<string, readonly string[]>> = {
  '': ['trial_period_days'],
  charge: ['source'],
  payment_intent: ['source'],
  product: ['type'],
  subscription_item: ['plan'],
};

/** Everything in which a value is not what Stripe's schema says, each with the path to it. */
export function findDifferences(schemas: Readonly<Record<string, Schema>>, schema: Schema, value: unknown, path: string): string[] {
  const whole = resolve(schemas, schema);
  if (value === null) return schema.nullable === true || whole.nullable === true ? [] : [`${path}: is null`];
  if (whole.anyOf) {
    const tries = whole.anyOf.map((one) => findDifferences(schemas, one, value, path));
    return tries.some((found) => found.length === 0) ? [] : (tries.toSorted((a, b) => a.length - b.length)[0] ?? []);
  }
  if (whole.enum && !whole.enum.includes(value) && whole.enum.join('') !== '') return [`${path}: ${JSON.stringify(value)} is none of ${whole.enum.join(', ').slice(0, 120)}`];
  if (!hasType(whole.type, value)) return [`${path}: is ${typeof value}, not ${String(whole.type)}`];
  if (Array.isArray(value)) return value.flatMap((element, index) => findDifferences(schemas, whole.items ?? {}, element, `${path}[${index}]`));
  return typeof value === 'object' ? findInObject(schemas, whole, value as Record<string, unknown>, path) : [];
}

function findInObject(schemas: Readonly<Record<string, Schema>>, { properties, required = [], additionalProperties }: Schema, value: Readonly<Record<string, unknown>>, path: string): string[] {
  const missing = required.filter((name) => !Object.hasOwn(value, name)).map((name) => `${path}.${name}: is missing`);
  const kind = typeof value['object'] === 'string' ? value['object'] : '';
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const schema = properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (schema) return findDifferences(schemas, schema, member, `${path}.${name}`);
    return properties === undefined || undocumented[kind]?.includes(name) ? [] : [`${path}.${name}: is not in the schema`];
  });
  return [...missing, ...wrong];
}

function resolve(schemas: Readonly<Record<string, Schema>>, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

function hasType(type: Schema['type'], value: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}
