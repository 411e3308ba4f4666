import type { z } from 'zod';
import type { Route } from '../../src/routes/route.ts';
import type { Schema } from './schema.ts';

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** Stripe's OpenAPI file, as far as requests need it. */
export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Parameters of the route, at any depth, that Stripe's schema does not have; or that the route itself is not there. */
export function findUnknownParameters(paths: Paths, { method, path, shape }: Route): string[] {
  const found = Object.entries(paths).find(([name, operations]) => name.replaceAll(/\{\w+\}/g, ':id') === path && operations[method.toLowerCase()] !== undefined);
  const operation = found?.[1][method.toLowerCase()];
  if (operation === undefined) return [`${method} ${path}: is not in the schema`];
  const query = Object.fromEntries((operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name, schema }) => [name, schema]));
  const body = operation.requestBody?.content['application/x-www-form-urlencoded']?.schema.properties ?? {};
  return unknownMembers(shape, { ...query, ...body }, `${method} ${path} `);
}

function unknownMembers(shape: z.ZodRawShape, known: Readonly<Record<string, Schema>>, path: string): string[] {
  return Object.entries(shape).flatMap(([name, member]) => {
    const schema = known[name];
    if (schema === undefined) return [`${path}${name}`];
    const inner = shapeOf(member as z.ZodType);
    const members = propertiesOf(schema);
    return inner === undefined || members === undefined ? [] : unknownMembers(inner, members, `${path}${name}.`);
  });
}

/** The members of an object, of the elements of a list, or of what an optional or a reader of either comes to. */
function shapeOf(type: z.ZodType): z.ZodRawShape | undefined {
  const definition = type.def as unknown as { type: string; innerType?: z.ZodType; out?: z.ZodType; element?: z.ZodType; shape?: z.ZodRawShape };
  if (definition.type === 'object') return definition.shape;
  const inner = { optional: definition.innerType, pipe: definition.out, array: definition.element }[definition.type];
  return inner === undefined ? undefined : shapeOf(inner);
}

function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  if (schema.anyOf) return schema.anyOf.map(propertiesOf).find((properties) => properties !== undefined);
  return schema.items ? propertiesOf(schema.items) : schema.properties;
}
