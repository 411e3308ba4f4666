import { CanarySet } from '@tacet/testing';
import { hold, require, type Claim } from '../claim.ts';
import { Person } from '../person.ts';
import { readRecords } from '../records.ts';
import { everySink } from '../sinks.ts';

/** Sealed at rest. */
export const c1: Claim = {
  id: 'C1',
  sentence: 'Chat messages and titles are encrypted at rest with a key of your own, and only key-service can open them.',
  caveat: 'In memory, while they pass, they are plaintext: in the processes edge, account and key-service, and at the worker.',
  sinks: everySink,
  mutation: {
    what: 'a key-service that leaves the plaintext behind each record',
    processes: ['key-service'],
    patches: [
      {
        file: 'apps/key-service/src/rpc/seal.ts',
        from: 'sealed.push(sealRecord(key, context, plaintext, drawNonce, paddedFields.has(context.field)));',
        to: 'sealed.push(Buffer.concat([sealRecord(key, context, plaintext, drawNonce, paddedFields.has(context.field)), plaintext]));',
      },
    ],
  },
  check: async (world) => {
    const sinceMs = Date.now();
    const canaries = new CanarySet();
    const person = await Person.create(world.constellation);
    const path = await person.converse({ title: canaries.mint('title') }, canaries.mint('message'));
    const ephemeral = await person.converse({ ephemeral: true, title: canaries.mint('title of an ephemeral one') }, canaries.mint('ephemeral message'));
    // Answers are sealed like questions; what one said stands for them.
    await world.expectClean(everySink, canaries, sinceMs);
    const records = await readRecords(world.main, person.account.accountId);
    hold(records.length === 6 && records.every(({ sealed }) => sealed[0] === 0xc1), 'a message or title is stored as something else than a sealed record');
    const said = [...(await person.messages(path)), ...(await person.messages(ephemeral))];
    require(said.length === 4 && said.every(({ content }) => content !== ''), 'the owner cannot read the conversation');
    await world.process('key-service').stop();
    try {
      hold((await person.send('GET', `${path}/messages`)).status === 503, 'messages were shown while key-service was away');
    } finally {
      await world.restart('key-service');
    }
  },
};
