import { hold, require, type Claim } from '../claim.ts';
import { readReceipt, requestDeletion } from '../deletion.ts';
import { Person } from '../person.ts';
import { tablesWith } from '../search-tables.ts';
import { say } from '../talk.ts';
import { within } from '../within.ts';

/** Deletion. */
export const c12: Claim = {
  id: 'C12',
  sentence: 'Deleting your account removes every row that carries its id, its keys or its address, whatever crashes meanwhile, and ends with a signed receipt.',
  caveat: 'This deployment has no payment provider: that its customer is deleted too is held by the tests of billing. A crash in each step is tried by the tests of account.',
  sinks: [],
  mutation: {
    what: 'a deletion that leaves the ids of keys in the marks for caches',
    processes: ['account'],
    patches: [{ file: 'apps/account/src/deletion/remove-rows.ts', from: 'SET key_id = NULL WHERE key_id = ANY ($1)', to: 'SET key_id = NULL WHERE key_id = ANY ($1) AND false' }],
  },
  check: async (world) => {
    const person = await Person.create(world.constellation);
    const { accountId, email, keyId, apiKey } = person.account;
    await person.converse({ title: 'A title' }, 'A message');
    await person.converse({ ephemeral: true }, 'A message');
    const { id: revokedId } = await person.json<{ id: string }>('POST', '/api/keys', { name: 'revoked' });
    await person.json('DELETE', `/api/keys/${revokedId}`);
    require((await say(world, apiKey, { model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 200, 'the edge does not answer');
    const traces = [accountId, email, keyId, revokedId];
    await within(20_000, 'usage is in the ledger', async () => (await tablesWith(world.main, [keyId])).some((table) => table.includes('usage_request')));
    for (const trace of traces) require((await tablesWith(world.main, [trace])).length > 0, 'the search of all tables does not find what is there');
    require((await tablesWith(world.keystore, [accountId])).length > 0, 'the account has no key');
    const path = await requestDeletion(person);
    await world.process('account').kill();
    await world.restart('account');
    const receipt = await readReceipt(person, path);
    hold((receipt.removed['messages'] ?? 0) >= 4 && receipt.removed['api_keys'] === 2 && receipt.removed['accounts'] === 1, 'the receipt does not count what was there');
    const found = [...(await tablesWith(world.main, traces)), ...(await tablesWith(world.keystore, traces))];
    hold(found.length === 0, `rows are left in ${found.join(', ')}`);
    hold((await say(world, apiKey, { model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 401, 'a key of the deleted account is taken');
  },
};
