import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { startFakeVault } from '../../tests/fake-vault.ts';
import { describeKeyProvider } from '../../tests/key-provider-contract.ts';
import { rewrapSecret, wrapSecret } from './wrapped-secret.ts';
import { VaultTransitProvider, type VaultTransitOptions } from './vault-transit-provider.ts';

const settings = { name: 'vault', mount: 'transit', timeoutMs: 300 } as const;

function open(address: string, token: string, further: Partial<VaultTransitOptions> = {}): VaultTransitProvider {
  return new VaultTransitProvider({ ...settings, address, token: () => token, ...further });
}

describeKeyProvider('vault-transit', async () => {
  const vault = await startFakeVault();
  return {
    provider: open(vault.address, vault.token),
    bindsContext: false,
    id: (key) => `vault/${key}`,
    // Transit takes the oldest versions away, all up to one; the suite disables version 1.
    disable: async (kekId, version) => vault.configure(kekId.slice('vault/'.length), version + 1),
    enable: async (kekId, version) => vault.configure(kekId.slice('vault/'.length), version),
    faults: {
      slow: () => (vault.fault = 'slow'),
      gone: () => (vault.fault = 'sealed'),
      swaps: () => (vault.fault = 'swaps'),
      nonsense: () => (vault.fault = 'nonsense'),
      heal: () => (vault.fault = 'none'),
    },
    stop: () => vault.stop(),
  };
});

test('rewrapping gives nothing away: only ciphertext travels until the answer is checked', async () => {
  const vault = await startFakeVault();
  try {
    const provider = open(vault.address, vault.token);
    await provider.rotate('vault/main', 0);
    const secret = createSecretKey(randomBytes(32));
    const owner = { accountId: randomBytes(16), version: 1 };
    const wrapped = await wrapSecret(provider, { kekId: 'vault/main', version: 1 }, owner, secret, 1);
    await provider.rotate('vault/main', 1);
    vault.bodies.length = 0;
    await rewrapSecret(provider, wrapped, owner, 2);
    expect(vault.bodies.join('\n')).not.toContain(secret.export().toString('base64'));
  } finally {
    await vault.stop();
  }
});

test('a token that is refused, or a key that it may not use, is kek_disabled; nobody at the address is unavailable', async () => {
  const vault = await startFakeVault();
  const provider = open(vault.address, vault.token);
  await provider.rotate('vault/main', 0);
  const kek = { kekId: 'vault/main', version: 1 };
  await expect(open(vault.address, 'hvs.other').health(kek)).rejects.toMatchObject({ code: 'kek_disabled' });
  vault.denied.add('main');
  await expect(provider.health(kek)).rejects.toMatchObject({ code: 'kek_disabled' });
  vault.denied.clear();
  await provider.health(kek);
  await vault.stop();
  await expect(provider.health(kek)).rejects.toMatchObject({ code: 'unavailable' });
});

test('a version that Vault forgot is kek_disabled, and a version older than one that is to go is a conflict', async () => {
  const vault = await startFakeVault();
  try {
    const provider = open(vault.address, vault.token);
    for (let version = 0; version < 3; version++) await provider.rotate('vault/main', version);
    const owner = { accountId: randomBytes(16), version: 1 };
    await expect(provider.destroyVersion({ kekId: 'vault/main', version: 2 })).rejects.toMatchObject({ code: 'conflict' });
    const secret = createSecretKey(randomBytes(32));
    const wrapped = await wrapSecret(provider, { kekId: 'vault/main', version: 3 }, owner, secret, 1);
    vault.forgetNewest('main');
    await expect(rewrapSecret(provider, wrapped, owner, 2)).rejects.toMatchObject({ code: 'kek_disabled' });
    // It is not made again under the same number.
    expect(await provider.rotate('vault/main', 3)).toBe(4);
  } finally {
    await vault.stop();
  }
});
