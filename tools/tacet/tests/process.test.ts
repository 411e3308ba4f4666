import { spawn } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@tacet/testing';
import { startFakeDeployment, type FakeDeployment } from './fake-deployment.ts';

// Goal: the real process prints the answer alone on standard output, ends by itself and dies of nothing.
// Method: main.ts as `npm run tacet` starts it, against gRPC servers in this process.

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const flags = ['--conditions=source', '--disable-sigusr1', '--disable-warning=DEP0123'];
const account = '01938b6e-0000-7000-8000-000000000001';
const transfer = {
  transferId: Buffer.alloc(16, 1),
  amountNano: '1',
  counterpart: 'promo',
  kind: 'grant',
  reference: 'x',
  createdAtMs: '0',
};
let fake: FakeDeployment;

beforeAll(async () => {
  fake = await startFakeDeployment();
});
afterAll(() => fake.stop());

function start(...line: string[]) {
  const child = spawn(process.execPath, [...flags, main, ...line], {
    cwd: fake.folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, text, ended };
}

test('a stream of 20,000 lines arrives whole, and the process ends by itself', async () => {
  fake.answer({
    Ledger: {
      ListTransfers: async function* () {
        for (let i = 0; i < 20_000; i++) yield transfer;
      },
    },
  });
  const { text, ended } = start('transfers', account, '--json');
  expect({ code: await ended, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
  expect(text.stdout.trim().split('\n')).toHaveLength(20_000);
  expect(text.stderr).toBe('');
});

test('a reader that leaves ends the command quietly, and the rpc behind it', async () => {
  let left = false;
  fake.answer({
    Ledger: {
      ListTransfers: async function* (_, { signal }) {
        try {
          for (; !signal.aborted; await setImmediate()) for (let i = 0; i < 100; i++) yield transfer;
        } finally {
          left = true;
        }
      },
    },
  });
  const { child, text, ended } = start('transfers', account, '--json');
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await ended).toBe(0);
  expect(text.stderr).toBe('');
  await eventually('the server sees its caller leave', () => left);
});

test('Ctrl-C ends a running call with 130', async () => {
  fake.answer({ Ledger: { CheckLedger: () => new Promise(() => undefined) } });
  const { child, text, ended } = start('ledger', 'check');
  await eventually('the call arrived', () => fake.calls.length === 1);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(text.stderr).toContain('interrupted');
});

test('a usage error is 2 and a failure is 1', async () => {
  expect(await start('nonsense').ended).toBe(2);
  fake.answer({});
  expect(await start('balance', account).ended).toBe(1);
});
