import { createSecretKey, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KMSClient } from '@aws-sdk/client-kms';
import { startFakeKms } from '../../tests/fake-kms.ts';
import { describeKeyProvider } from '../../tests/key-provider-contract.ts';
import { AwsKmsProvider } from './aws-kms-provider.ts';
import { orInstall } from './open-provider.ts';
import { rewrapSecret, unwrapSecret, wrapSecret } from './wrapped-secret.ts';

function open(endpoint: string): AwsKmsProvider {
  const options = { name: 'amazon', region: 'eu-central-1', endpoint, timeoutMs: 400 };
  const client = new KMSClient({ region: options.region, endpoint, maxAttempts: 1, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } });
  return new AwsKmsProvider(client, options);
}

describeKeyProvider('aws-kms', async () => {
  const kms = await startFakeKms();
  const provider = open(kms.endpoint);
  const aliasOf = (kekId: string, version: number) => `alias/tacet/${kekId.slice('amazon/'.length)}/${version}`;
  return {
    provider,
    bindsContext: true,
    id: (key) => `amazon/${key}`,
    disable: async (kekId, version) => kms.setState(aliasOf(kekId, version), 'Disabled'),
    enable: async (kekId, version) => kms.setState(aliasOf(kekId, version), 'Enabled'),
    faults: {
      slow: () => (kms.fault = 'slow'),
      gone: () => (kms.fault = 'down'),
      swaps: () => (kms.fault = 'swaps'),
      nonsense: () => (kms.fault = 'nonsense'),
      heal: () => (kms.fault = 'none'),
    },
    stop: async () => {
      provider.close();
      await kms.stop();
    },
  };
});

let kms: Awaited<ReturnType<typeof startFakeKms>>;
let provider: AwsKmsProvider;
beforeAll(async () => {
  kms = await startFakeKms();
  provider = open(kms.endpoint);
});
afterAll(async () => {
  provider.close();
  await kms.stop();
});

test("somebody else's key, by its ARN, has one version, which only its owner rotates and destroys", async () => {
  const kekId = `amazon/${kms.createKey()}`;
  expect(await provider.describe(kekId)).toEqual([{ kekId, version: 1 }]);
  const owner = { accountId: randomBytes(16), version: 1 };
  const secret = createSecretKey(randomBytes(32));
  const wrapped = await wrapSecret(provider, { kekId, version: 1 }, owner, secret, 1);
  expect((await unwrapSecret(provider, wrapped, owner)).equals(secret)).toBe(true);
  await expect(provider.rotate(kekId, 1)).rejects.toMatchObject({ code: 'conflict' });
  await expect(provider.destroyVersion({ kekId, version: 1 })).rejects.toMatchObject({ code: 'conflict' });
  kms.setState(kekId.slice('amazon/'.length), 'Disabled');
  expect(await provider.describe(kekId)).toEqual([]);
  await expect(unwrapSecret(provider, wrapped, owner)).rejects.toMatchObject({ code: 'kek_disabled' });
  await expect(rewrapSecret(provider, wrapped, owner, 2)).rejects.toMatchObject({ code: 'kek_disabled' });
});

test('what KMS says of accounts and keys stands in no message of ours', async () => {
  const error = await provider.health({ kekId: 'amazon/missing', version: 1 }).catch((caught: Error) => caught);
  expect(String(error)).not.toContain('111122223333');
});

test('where the optional package is not there, the error says which to install', async () => {
  const name: string = 'a-package-that-is-not-there';
  const missing = () => import(name);
  await expect(orInstall('TACET_X', 'amazon', '@aws-sdk/client-kms', missing)).rejects.toThrow('TACET_X: the provider amazon needs the package @aws-sdk/client-kms; npm install @aws-sdk/client-kms');
});
