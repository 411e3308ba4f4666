import { CanarySet, knownText } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { everySink } from '../sinks.ts';
import { say } from '../talk.ts';

/** Where the secret of `tct_live_<id>_<secret>` begins. */
const secretAt = 18;

/** Credentials. */
export const c10: Claim = {
  id: 'C10',
  sentence: 'API keys are stored as hashes and shown once; passwords are stored as bcrypt hashes.',
  sinks: everySink,
  mutation: {
    what: 'an account process that keeps the key in the place of its name',
    processes: ['account'],
    patches: [
      {
        file: 'apps/account/src/keys/create-key.ts',
        from: 'return insertKey(connection, accountId, publicId, hash, settings, expiresAt);',
        to: 'return insertKey(connection, accountId, publicId, hash, { ...settings, name: plaintextKey }, expiresAt);',
      },
    ],
  },
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const password = `${canaries.mint('password')} and more`;
    const person = await Person.create(world.constellation, { password });
    const { key } = await person.json<{ key: string }>('POST', '/api/keys', { name: 'laptop' });
    require((await say(world, key, { model: 'demo-model', messages: [{ role: 'user', content: 'Hello' }] })).status === 200, 'the key does not work');
    await world.expectClean(everySink, canaries, sinceMs);
    await world.expectClean(everySink, knownText('the secret of an API key', key.slice(secretAt)), sinceMs);
    const listed = await (await person.send('GET', '/api/keys')).text();
    hold(listed.includes('laptop') && !listed.includes(key.slice(secretAt)), 'the list of keys shows a key, or not the name that it was given');
    const { rows } = await world.main.query<{ hash: string }>('SELECT password_hash AS hash FROM account.account WHERE account_id = $1', [person.account.accountId]);
    hold(/^\$2[aby]\$12\$/.test(rows[0]?.hash ?? ''), 'the password is not a bcrypt hash of cost 12');
  },
};
