import { errorCatalogue, type ErrorCode } from '@tacet/errors';
import { z } from 'zod';
import { errorEnvelopeSchema } from './error-envelope.ts';
import type { Access, ResponseDefinition, Route } from './route.ts';

/** Makes the OpenAPI 3.1 document of the routes, from the very schemas that check requests and describe answers. */
export function createOpenApi(routes: readonly Route[], publicOrigin: string, cookieName: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tacet account API',
      version: '1',
      description: 'Accounts, keys, balances and sealed conversations. Errors share one envelope; `error.code` tells them apart.',
    },
    servers: [{ url: publicOrigin }],
    paths,
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookieName } },
      schemas: { Error: jsonSchema(errorEnvelopeSchema, 'output') },
    },
  };
}

function operation(route: Route): object {
  const signedIn = route.access === 'session' || route.access === 'recent';
  return {
    operationId: operationId(route),
    summary: route.summary,
    ...(signedIn ? { security: [{ session: [] }] } : { security: [] }),
    ...(route.params || route.query ? { parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')] } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } } }
      : {}),
    responses: { ...successes(route.responses), ...failures(errorsOf(route)) },
  };
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[/{}.-]+/).filter((word) => word !== '' && word !== 'api');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function parameters(schema: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, of]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: of,
  }));
}

function successes(responses: Route['responses']): Record<string, object> {
  return Object.fromEntries(Object.entries(responses).map(([status, definition]) => [status, success(definition)]));
}

function success({ description, body, setsCookie }: ResponseDefinition): object {
  const headers = setsCookie ? { headers: { 'Set-Cookie': { schema: { type: 'string' } } } } : {};
  if (body.kind === 'empty') return { description, ...headers };
  if (body.kind === 'events')
    return {
      description: `${description} ${body.description}`,
      ...headers,
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    };
  const text = body.kind === 'json-stream' && body.orText !== undefined ? { [body.orText]: { schema: { type: 'string' } } } : {};
  return { description, ...headers, content: { 'application/json': { schema: jsonSchema(body.schema, 'output') }, ...text } };
}

/** Every error that a route can answer with: its own, and those of its access, parameters and body. */
export function errorsOf(route: Route): readonly ErrorCode[] {
  const byAccess: Readonly<Record<Access, readonly ErrorCode[]>> = {
    public: [],
    site: ['origin_refused'],
    session: ['origin_refused', 'session_missing'],
    recent: ['origin_refused', 'session_missing', 'reauthentication_required'],
  };
  const byInput: readonly ErrorCode[] = [
    ...(route.params || route.query || route.body ? (['field_invalid'] as const) : []),
    ...(route.body ? (['invalid_json', 'body_too_large', 'encoding_unsupported', 'request_timeout'] as const) : []),
  ];
  return [...new Set([...byAccess[route.access], ...byInput, ...route.errors, 'unavailable' as const, 'internal_error' as const])];
}

function failures(codes: readonly ErrorCode[]): Record<string, object> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = errorCatalogue[code].http || 500;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, ofStatus]) => [
      String(status),
      {
        description: ofStatus.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join(' '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

/** The JSON Schema of a zod schema; what only code can check is left out. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _version, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
