/**
 * Goal: the fake takes nothing that Stripe would refuse, and answers in Stripe's shapes. Method: everything that the fake can is
 * done once; its requests and answers are held against `stripe-mock`, which is made of Stripe's own schema, and against that
 * schema itself. Both are large and not ours, so this waits to be told where they are (see the README).
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { replayRequests, startStripeFake, type StripeFake } from '../src/index.ts';
import { eventTypes } from '../src/objects/event.ts';
import { routes } from '../src/routes/routes.ts';
import { askStripeMock } from '../src/stripe-mock/replay-requests.ts';
import { connect } from './support/client.ts';
import { compareShapes } from './support/compare-shapes.ts';
import { findDifferences, type Schema } from './support/schema.ts';
import { findUnknownParameters, type Paths } from './support/unknown-parameters.ts';
import { tellWholeStory } from './support/whole-story.ts';

const stripeMockUrl = process.env['STRIPE_MOCK_URL'];
const schemaFile = process.env['STRIPE_SCHEMA_FILE'];

let fake: StripeFake;
let targets: readonly string[];

beforeAll(async () => {
  fake = await startStripeFake();
  targets = await tellWholeStory(fake, connect(fake));
});
afterAll(() => fake.stop());

const withoutId = (target: string) => target.replace(/_\w{14,}/, '_…');
const read = async (target: string) => (await (await fetch(fake.url + target, { headers: { authorization: `Bearer ${fake.apiKey}` } })).json()) as Record<string, unknown>;

test('the whole story asks every route and sees every type of event', () => {
  const asked = fake.requests().map(({ method, path }) => `${method} ${path}`);
  const untold = routes.filter(({ method, path }) => !asked.some((one) => new RegExp(`^${method} ${path.replace(':id', '[^/]+')}$`).test(one)));
  // Each object by itself is read by the tests below.
  expect(untold.filter(({ method, path }) => method !== 'GET' || !path.endsWith(':id')).map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  const happened = new Set(fake.events().map(({ type }) => type));
  expect(eventTypes.filter((type) => !happened.has(type))).toEqual([]);
});

if (stripeMockUrl !== undefined) {
  describe('stripe-mock', () => {
    test('takes every request that the fake takes', async () => {
      expect(await replayRequests(fake.requests(), stripeMockUrl)).toEqual([]);
    });

    test('refuses the parameters that the fake refuses', async () => {
      for (const [path, body] of [['/v1/customers', 'foo=1'], ['/v1/payment_intents', 'currency=usd'], ['/v1/payment_intents', 'amount=x&currency=usd'], ['/v1/checkout/sessions', 'mode=other'], ['/v1/refunds', 'reason=mood']] as const) {
        expect((await askStripeMock(stripeMockUrl, 'POST', path, body)).status).toBe(400);
        const response = await fetch(fake.url + path, { method: 'POST', body, headers: { authorization: `Bearer ${fake.apiKey}`, 'content-type': 'application/x-www-form-urlencoded' } });
        expect(response.status).toBe(400);
      }
    });

    test('answers in the same shapes', async () => {
      const differences = [];
      for (const target of targets) {
        const ours = await read(target);
        const { body: theirs } = await askStripeMock(stripeMockUrl, 'GET', target);
        // It knows of no deletion, and its one event is about something else.
        if (ours['deleted'] !== true) differences.push(...compareShapes(ours, ours['object'] === 'event' ? { ...theirs, data: null } : theirs, withoutId(target)));
      }
      expect(differences).toEqual([]);
    });
  });
}

if (schemaFile !== undefined) {
  describe("Stripe's schema", () => {
    const { components, paths } = JSON.parse(readFileSync(schemaFile, 'utf8')) as { components: { schemas: Record<string, Schema & { 'x-resourceId'?: string }> }; paths: Paths };
    const kinds = new Map(Object.entries(components.schemas).flatMap(([name, schema]) => (schema['x-resourceId'] === undefined ? [] : [[schema['x-resourceId'], name]])));
    const check = (object: Record<string, unknown>, from: string) => findDifferences(components.schemas, { $ref: kinds.get(object['deleted'] === true ? `deleted_${String(object['object'])}` : String(object['object'])) ?? 'none' }, object, from);

    test('has every parameter of every route', () => {
      expect(routes.flatMap((route) => findUnknownParameters(paths, route))).toEqual([]);
    });

    test('has every object that the fake answers with', async () => {
      const differences = [];
      for (const target of targets) {
        const object = await read(target);
        const objects = object['object'] === 'list' ? (object['data'] as Record<string, unknown>[]) : [object];
        differences.push(...objects.flatMap((one) => check(one, withoutId(target))));
      }
      expect([...new Set(differences)]).toEqual([]);
    });

    test('has every object of every event', () => {
      const differences = fake.events().flatMap(({ type, data }) => check(data.object as Record<string, unknown>, type));
      expect([...new Set(differences)]).toEqual([]);
    });
  });
}
