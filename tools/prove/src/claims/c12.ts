import { tablesWith } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { readReceipt, requestDeletion } from '../deletion.ts';
import { askStripe } from '../payments.ts';
import { Person } from '../person.ts';
import { say } from '../talk.ts';
import { within } from '../within.ts';
import type { World } from '../world.ts';

/** Deletion. */
export const c12: Claim = {
  id: 'C12',
  sentence: 'Deleting your account removes every row that carries its id, its keys or its address, whatever crashes meanwhile, ends subscription and customer at the payment provider, and ends with a signed receipt.',
  caveat: 'The payment provider is a fake at the wire; what the law makes it keep of a payment it keeps. A crash in each step is tried by the tests of account.',
  sinks: [],
  mutation: {
    what: 'a deletion that leaves the ids of keys in the marks for caches',
    processes: ['account'],
    patches: [{ file: 'apps/account/src/deletion/remove-rows.ts', from: 'SET key_id = NULL WHERE key_id = ANY ($1)', to: 'SET key_id = NULL WHERE key_id = ANY ($1) AND false' }],
  },
  further: [
    {
      what: 'a deletion that leaves the customer at the payment provider',
      processes: ['billing'],
      patches: [{ file: 'apps/billing/src/stripe/close-customer.ts', from: '  await stripe.customers.del(customerId).catch(', to: '  await Promise.resolve(customerId).catch(' }],
    },
  ],
  check: async (world) => {
    const person = await Person.create(world.constellation);
    const { accountId, email, keyId, apiKey } = person.account;
    await person.converse({ title: 'A title' }, 'A message');
    await person.converse({ ephemeral: true }, 'A message');
    const { id: revokedId } = await person.json<{ id: string }>('POST', '/api/keys', { name: 'revoked' });
    await person.json('DELETE', `/api/keys/${revokedId}`);
    require((await say(world, apiKey, { model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 200, 'the edge does not answer');
    const { customer, subscription } = await subscribe(world, person);
    const traces = [accountId, email, keyId, revokedId, customer];
    await within(20_000, 'usage is in the ledger', async () => (await tablesWith(world.main, [keyId])).some((table) => table.includes('usage_request')));
    for (const trace of traces) require((await tablesWith(world.main, [trace])).length > 0, 'the search of all tables does not find what is there');
    require((await tablesWith(world.keystore, [accountId])).length > 0, 'the account has no key');
    const path = await requestDeletion(person);
    await world.process('account').kill();
    await world.restart('account');
    const receipt = await readReceipt(person, path);
    hold((receipt.removed['messages'] ?? 0) >= 4 && receipt.removed['api_keys'] === 2 && receipt.removed['accounts'] === 1, 'the receipt does not count what was there');
    hold((await askStripe(world.stripe, `customers/${customer}`))['deleted'] === true, 'the payment provider still has the customer');
    hold((await askStripe(world.stripe, `subscriptions/${subscription}`))['status'] === 'canceled', 'the subscription goes on at the payment provider');
    const found = [...(await tablesWith(world.main, traces)), ...(await tablesWith(world.keystore, traces))];
    hold(found.length === 0, `rows are left in ${found.join(', ')}`);
    hold((await say(world, apiKey, { model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 401, 'a key of the deleted account is taken');
  },
};

/** Buys credit every month; what it is called at the payment provider. */
async function subscribe({ stripe }: World, person: Person): Promise<{ readonly customer: string; readonly subscription: string }> {
  const purchase = { amount_nano_usd: '5000000000', monthly: true };
  const { session_id: session } = await person.json<{ session_id: string }>('POST', '/api/payments/checkout', purchase);
  stripe.completeCheckout(session);
  await within(20_000, 'what was paid is balance', async () => BigInt((await person.json<{ posted_nano_usd: string }>('GET', '/api/balance')).posted_nano_usd) > 5_000_000_000n);
  const { customer, subscription } = await askStripe(stripe, `checkout/sessions/${session}`);
  return { customer: String(customer), subscription: String(subscription) };
}
