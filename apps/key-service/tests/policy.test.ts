import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identities, type Identity } from '@tacet/rpc';
import { eventually } from '@tacet/testing';
import { keyServicePolicy, sealServicePolicy } from '../src/policy.ts';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';

let service: KeyServiceUnderTest;
const folder = mkdtempSync(join(tmpdir(), 'tacet-key-policy-'));
const policyFile = join(folder, 'policy.yaml');
const sample = readFileSync(new URL('../policy.yaml', import.meta.url), 'utf8');
beforeAll(async () => {
  await writeFile(policyFile, sample);
  service = await startKeyService({ TACET_KEY_SERVICE_POLICY_FILE: policyFile });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

const accountId = randomBytes(16);

/** The table of the design: who may call what. */
const allowed: Readonly<Record<string, readonly Identity[]>> = {
  CreateDek: ['account'],
  RotateDek: ['account', 'operator'],
  RewrapDek: ['operator'],
  RewrapAll: ['operator'],
  SetAccountKek: ['account', 'operator'],
  VerifyProvider: ['account', 'operator'],
  RotateKek: ['operator'],
  DescribeKeys: ['operator'],
  DestroyKekVersion: ['operator'],
  ShredAccount: ['account'],
  DestroyEpochs: ['pruner'],
  Seal: ['account'],
  Open: ['account'],
};

const requests: Readonly<Record<string, object>> = {
  CreateDek: { accountId },
  RotateDek: { accountId },
  RewrapDek: { accountId },
  DestroyKekVersion: { kekId: 'main', kekVersion: 1 },
  SetAccountKek: { accountId },
  ShredAccount: { accountId: randomBytes(16) },
  Seal: { accountId, records: [] },
  Open: { accountId, records: [] },
};

/** `rpc_not_allowed`, or anything else that a call came to. */
async function codeOf(identity: Identity, rpc: string): Promise<string> {
  const client = { ...service.keys(identity), ...service.seals(identity) } as unknown as Record<string, (request: object) => Promise<unknown> | AsyncIterable<unknown>>;
  try {
    const answer = client[rpc]!(requests[rpc] ?? {});
    if (Symbol.asyncIterator in answer) for await (const _ of answer);
    else await answer;
    return 'ok';
  } catch (error) {
    return (error as { code?: string }).code ?? 'no code';
  }
}

test('the table is of every rpc that there is, and of every identity', () => {
  expect(Object.keys(allowed).sort()).toEqual([...Object.keys(keyServicePolicy), ...Object.keys(sealServicePolicy)].sort());
  expect([...identities].sort()).toEqual(['account', 'billing', 'edge', 'key-service', 'operator', 'pruner']);
});

test.each(identities.flatMap((identity) => Object.keys(allowed).map((rpc) => [identity, rpc] as const)))('%s calling %s', async (identity, rpc) => {
  const code = await codeOf(identity, rpc);
  expect(code === 'rpc_not_allowed').toBe(!allowed[rpc]!.includes(identity));
  expect(code).not.toBe('no code');
  expect(code).not.toBe('internal_error');
});

test('what policy.yaml takes away is gone within seconds, and what is not valid changes nothing', async () => {
  await writeFile(policyFile, sample.replace('RotateDek, SetAccountKek, VerifyProvider, ShredAccount, ', ''));
  await eventually('the account may not rotate', async () => (await codeOf('account', 'RotateDek')) === 'rpc_not_allowed');
  expect(await codeOf('account', 'Seal')).not.toBe('rpc_not_allowed');
  await writeFile(policyFile, sample.replace('pruner: [', 'pruner: [Open, '));
  const metrics = async () => (await fetch(`${service.process.metricsUrl}/metrics`)).text();
  await eventually('the file is refused', async () => /^tacet_key_service_policy_usable 0$/m.test(await metrics()));
  expect(await codeOf('pruner', 'Open')).toBe('rpc_not_allowed');
  expect(await codeOf('account', 'RotateDek')).toBe('rpc_not_allowed');
});
