import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import Stripe from 'stripe';
import { startStripeFake } from '../src/index.ts';
import { startReceiver } from './support/receiver.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const flags = ['--conditions=source', '--disable-sigusr1', main];

test('the command prints one JSON line, serves, delivers, and stops at SIGTERM', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-fake-'));
  const receiver = await startReceiver('whsec_of_a_file');
  await writeFile(join(folder, 'key'), 'sk_test_file\n');
  await writeFile(join(folder, 'secret'), 'whsec_of_a_file\n');
  const child = spawn(process.execPath, [...flags, '--api-key-file', join(folder, 'key'), '--webhook-url', receiver.url, '--webhook-secret-file', join(folder, 'secret'), '--webhook-events', 'customer.created,customer.deleted'], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const told = JSON.parse(line) as { event: string; url: string; port: number };
  expect(told.event).toBe('listening');
  const stripe = new Stripe('sk_test_file', { host: '127.0.0.1', port: told.port, protocol: 'http' });
  const customer = await stripe.customers.create({ name: 'x' });
  await stripe.customers.update(customer.id, { name: 'y' });
  await stripe.customers.del(customer.id);
  while (((await (await fetch(`${told.url}/fake/delivery`)).json()) as { pending: number }).pending > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(receiver.types()).toEqual(['customer.created', 'customer.deleted']);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await receiver.stop();
  await rm(folder, { recursive: true });
});

test('flags that make no sense end the command with an explanation', async () => {
  const run = promisify(execFile);
  await expect(run(process.execPath, [...flags, '--port', 'many'])).rejects.toThrow(/--port.*whole number/);
  await expect(run(process.execPath, [...flags, '--api-key-file', '/nowhere/key'])).rejects.toThrow(/cannot be read/);
  await expect(run(process.execPath, [...flags, '--webhook-url', 'nowhere'])).rejects.toThrow(/webhook.url/);
});

test.each([
  [{ seed: 1.5 }, /seed/],
  [{ apiKey: 'sk_live_1' }, /never a live one/],
  [{ retryMs: [-1] }, /retryMs/],
  [{ deliveryTimeoutMs: 0 }, /deliveryTimeoutMs/],
  [{ webhook: { url: 'ftp://x', secret: 's' } }, /webhook.url/],
  [{ webhook: { url: 'http://x', secret: '' } }, /webhook.secret/],
])('options that make no sense are refused: %j', async (options, message) => {
  await expect(startStripeFake(options)).rejects.toThrow(message);
});

test('a port that is taken is refused', async () => {
  const fake = await startStripeFake();
  await expect(startStripeFake({ port: fake.port })).rejects.toThrow(/EADDRINUSE/);
  await fake.stop();
});
