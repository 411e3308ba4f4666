/**
 * Goal: every request that billing sends is one that Stripe takes. Method: everything that billing asks of Stripe is done once against
 * the fake, and each request is sent again, to the letter, to Stripe's own `stripe-mock`, which is made of Stripe's schema and strict
 * about parameters. It is built from its Go module.
 */
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@tacet/servers';
import { replayRequests } from '@tacet/stripe-fake';
import { eventually } from '@tacet/testing';
import { PaymentsDoor, usd } from './support/payments-door.ts';
import { tellEverything } from './support/tell-everything.ts';

const version = 'v0.203.0';
const folder = join(tmpdir(), 'tacet-stripe-mock');

let door: PaymentsDoor;
let mock: ChildProcess;
let mockUrl: string;

beforeAll(async () => {
  const binary = join(folder, 'stripe-mock');
  if (!existsSync(binary))
    execFileSync('go', ['install', `github.com/stripe/stripe-mock@${version}`], { env: { ...process.env, GOBIN: folder }, stdio: 'ignore' });
  const [http, https] = [await freePort(), await freePort()];
  mock = spawn(binary, ['-http-addr', `127.0.0.1:${http}`, '-https-addr', `127.0.0.1:${https}`], { stdio: 'ignore' });
  mockUrl = `http://127.0.0.1:${http}`;
  await eventually('stripe-mock answers', async () => (await fetch(mockUrl).catch(() => undefined)) !== undefined, 60_000);
  door = await PaymentsDoor.openWithStripe();
}, 600_000);
afterAll(async () => {
  mock.kill();
  await door.close();
});

test("Stripe's own schema takes every request that billing sends", async () => {
  await tellEverything(door);
  expect(await replayRequests(door.stripe.requests(), mockUrl)).toEqual([]);
}, 120_000);

test('it refuses what is not in the schema', async () => {
  const [request] = door.stripe.requests().filter(({ path, method }) => method === 'POST' && path === '/v1/checkout/sessions');
  expect(await replayRequests([{ ...request!, body: `${request!.body}&credit=${usd}` }], mockUrl)).toMatchObject([{ status: 400 }]);
});
