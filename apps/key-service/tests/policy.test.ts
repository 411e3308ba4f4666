import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identities, type Identity } from '@tacet/rpc';
import { startKeyService, type KeyServiceUnderTest } from './key-service-under-test.ts';

let service: KeyServiceUnderTest;
beforeAll(async () => {
  service = await startKeyService();
}, 60_000);
afterAll(() => service.stop());

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

test.each(identities.flatMap((identity) => Object.keys(allowed).map((rpc) => [identity, rpc] as const)))('%s calling %s', async (identity, rpc) => {
  const code = await codeOf(identity, rpc);
  expect(code === 'rpc_not_allowed').toBe(!allowed[rpc]!.includes(identity));
  expect(code).not.toBe('no code');
  expect(code).not.toBe('internal_error');
});
