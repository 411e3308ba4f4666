import { CanarySet } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { say } from '../talk.ts';
import { within } from '../within.ts';

interface Bundle {
  readonly account: { readonly id: string; readonly email: string };
  readonly sessions: readonly unknown[];
  readonly keys: readonly { readonly name: string }[];
  readonly conversations: readonly { readonly id: string; readonly title: string | null; readonly messages: readonly { readonly id: string; readonly content: string }[] }[];
  readonly usage: { readonly requests: readonly unknown[] };
  readonly ledger: { readonly transfers: readonly { readonly amount_nano_usd: string }[] };
}

/** Export. */
export const c11: Claim = {
  id: 'C11',
  sentence: 'You can take everything with you: the export holds all that is kept of you, byte for byte, and nothing of anybody else.',
  caveat: 'Hashes of sessions and mailed links, attempts of the last hour and marks for caches are not in it; docs/security.md names each with its reason.',
  sinks: [],
  mutation: {
    what: 'an export that leaves the answers out',
    processes: ['account'],
    patches: [{ file: 'apps/account/src/export/export-conversations.ts', from: '      const message = opened[index];\n', to: '      const message = opened[index];\n      after = position;\n      if (position % 2 === 1) continue;\n' }],
  },
  check: async (world) => {
    const [own, others] = [new CanarySet(), new CanarySet()];
    const [person, other] = [await Person.create(world.constellation, { creditUsd: '1.25' }), await Person.create(world.constellation)];
    const odd = 'quotes " and \\, a null \u0000, 𝄞, and a line\u2028separator';
    const paths = [await person.converse({ title: `${own.mint('title')} "quoted"` }, own.mint('first'), `${own.mint('second')} ${odd}`), await person.converse({ ephemeral: true }, own.mint('ephemeral'))];
    await other.converse({ title: others.mint("another's title") }, others.mint("another's message"));
    await person.json('POST', '/api/keys', { name: own.mint('name of a key') });
    require((await say(world, person.account.apiKey, { model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 200, 'the edge does not answer');
    await within(20_000, 'usage is in the ledger', async () => (await person.json<{ data: unknown[] }>('GET', '/api/usage')).data.length >= 3);
    const text = await (await person.send('GET', '/api/account/export')).text();
    const bundle = JSON.parse(text) as Bundle;
    hold(bundle.account.id === person.account.accountId && bundle.account.email === person.account.email && bundle.sessions.length === 1, 'the account or its session is not as it is');
    for (const path of paths) {
      const id = path.split('/').at(-1);
      const exported = bundle.conversations.find((conversation) => conversation.id === id);
      const shown = await person.messages(path);
      hold(exported !== undefined && JSON.stringify(exported.messages) === JSON.stringify(shown), 'the messages of a conversation are not in the export as they are');
      hold(exported.title === (await person.json<{ title: string | null }>('GET', path)).title, 'a title is not in the export as it is');
    }
    hold(bundle.conversations.some(({ messages }) => messages.some(({ content }) => content.endsWith(odd))), 'what was written did not come back byte for byte');
    hold(bundle.keys.length === 2 && bundle.usage.requests.length >= 3, 'keys or usage are missing');
    hold(bundle.ledger.transfers.reduce((sum, { amount_nano_usd: amount }) => sum + BigInt(amount), 0n) === 1_250_000_000n, 'the transfers do not come to the credit that was given');
    hold(!text.includes(others.mark) && !text.includes(other.account.accountId) && !text.includes(other.account.email), 'something of another account is in the export');
  },
};
