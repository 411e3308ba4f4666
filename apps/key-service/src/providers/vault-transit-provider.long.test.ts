/**
 * Goal: the Transit engine of a real Vault takes what the provider sends, and its fake in the tests answers alike. Method: the same
 * contract, on a development server of the binary that VAULT_BINARY names; without it nothing is tried, since building one takes a
 * quarter of an hour (`go install github.com/hashicorp/vault@v1.21.0`).
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { freePort, startKeptProcess } from '@tacet/servers';
import { eventually } from '@tacet/testing';
import { describeKeyProvider, type ProviderUnderTest } from '../../tests/key-provider-contract.ts';
import { VaultTransitProvider } from './vault-transit-provider.ts';

const binary = process.env['VAULT_BINARY'];

if (binary === undefined) {
  test('there is no VAULT_BINARY, so nothing is tried', () => expect(binary).toBeUndefined());
} else {
  const starting = Promise.withResolvers<ProviderUnderTest>();
  beforeAll(() => startVault(binary).then(starting.resolve), 90_000);
  describeKeyProvider('vault-transit on Vault', () => starting.promise);
}

async function startVault(command: string): Promise<ProviderUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-vault-'));
  const port = await freePort();
  const [address, token] = [`http://127.0.0.1:${port}`, `root-${randomBytes(8).toString('hex')}`];
  const server = await startKeptProcess({
    name: 'vault',
    command,
    arguments: ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${token}`, `-dev-listen-address=127.0.0.1:${port}`],
    environment: { PATH: process.env['PATH'], HOME: folder },
    folder,
    stopMs: 5_000,
  });
  server.stdout.resume();
  const ask = async (path: string, body?: object): Promise<number> => {
    const response = await fetch(`${address}/v1/${path}`, { method: body ? 'POST' : 'GET', headers: { 'x-vault-token': token }, ...(body ? { body: JSON.stringify(body) } : {}) });
    await response.arrayBuffer();
    return response.status;
  };
  await eventually('Vault answers', () => ask('sys/health').then((status) => status === 200, () => false), 60_000);
  expect(await ask('sys/mounts/transit', { type: 'transit' })).toBe(204);
  const configure = async (kekId: string, version: number) => {
    expect(await ask(`transit/keys/${kekId.slice('vault/'.length)}/config`, { min_decryption_version: version })).toBeLessThan(300);
  };
  return {
    provider: new VaultTransitProvider({ name: 'vault', mount: 'transit', timeoutMs: 5_000, address, token: () => token }),
    bindsContext: false,
    id: (key) => `vault/${key}`,
    // Transit takes the oldest versions away, all up to one; the suite disables version 1.
    disable: (kekId, version) => configure(kekId, version + 1),
    enable: (kekId, version) => configure(kekId, version),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
