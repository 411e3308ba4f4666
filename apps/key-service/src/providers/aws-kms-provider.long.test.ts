/**
 * Goal: what the provider sends is what another implementation of KMS takes, and its fake in the tests answers alike.
 * Method: moto's server. There a disabled key still decrypts, so a key is disabled by taking its alias away.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { CreateAliasCommand, DeleteAliasCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { freePort, startKeptProcess, type KeptProcess } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { describeKeyProvider } from '../../tests/key-provider-contract.ts';
import { AwsKmsProvider } from './aws-kms-provider.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacet-moto-'));
let server: KeptProcess;
let endpoint: string;

beforeAll(async () => {
  execFileSync('python3', ['-m', 'venv', join(folder, 'venv')], { stdio: 'pipe' });
  execFileSync(join(folder, 'venv/bin/pip'), ['install', '--quiet', '--only-binary=:all:', 'moto[server,kms]==5.2.5'], { stdio: 'pipe' });
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  server = await startKeptProcess({
    name: 'moto',
    command: join(folder, 'venv/bin/moto_server'),
    arguments: ['-H', '127.0.0.1', '-p', String(port)],
    environment: { PATH: process.env['PATH'] },
    stopMs: 5_000,
  });
  server.stdout.resume();
  await eventually('moto answers', () => fetch(endpoint).then(() => true, () => false), 30_000);
}, 400_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
}, 60_000);

describeKeyProvider('aws-kms on moto', async () => {
  const region = 'eu-central-1';
  const client = new KMSClient({ region, endpoint, maxAttempts: 1, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' } });
  const provider = new AwsKmsProvider(client, { name: 'amazon', region, endpoint, timeoutMs: 10_000 });
  const aliasOf = (kekId: string, version: number) => `alias/tacet/${kekId.slice('amazon/'.length)}/${version}`;
  const aside = new Map<string, string>();
  return {
    provider,
    bindsContext: true,
    // KMS answers IncorrectKeyException, moto AccessDeniedException; and moto takes any SourceKeyId.
    differsIn: ['other keys', 'disabled sources'],
    id: (key) => `amazon/${key}`,
    disable: async (kekId, version) => {
      const AliasName = aliasOf(kekId, version);
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: AliasName }));
      aside.set(AliasName, KeyMetadata!.KeyId!);
      await client.send(new DeleteAliasCommand({ AliasName }));
    },
    enable: async (kekId, version) => {
      const AliasName = aliasOf(kekId, version);
      await client.send(new CreateAliasCommand({ AliasName, TargetKeyId: aside.get(AliasName)! }));
    },
    stop: async () => provider.close(),
  };
});
