import type { Constellation } from '@tacet/constellation';
import type { RpcClient } from '@tacet/rpc';
import { eventually } from '@tacet/testing';
import type { Person } from './person.ts';

const connectedMs = 30_000;

/** Waits until every process has found those again that were started anew. `bystander` has a conversation with a title. */
export async function untilConnected({ operator, edges }: Constellation, seals: RpcClient<'SealService'>, person: Person): Promise<void> {
  const { account } = person;
  const context = { conversationId: account.accountIdBytes, messageId: Buffer.alloc(16), field: 4, schema: 1 };
  const authorization = `Bearer ${account.apiKey}`;
  await eventually(
    'all processes talk with each other',
    async () => {
      await operator.accounts.ListAccounts({});
      await operator.keys.DescribeKeys({});
      await operator.ledger.GetBalance({ accountId: account.accountIdBytes });
      await seals.Seal({ accountId: account.accountIdBytes, records: [{ context, plaintext: Buffer.from('x'), expiresAtMs: 0 }] });
      const answers = [await person.send('GET', '/api/conversations'), await person.send('GET', '/api/balance')];
      for (const { url } of edges) answers.push(await fetch(`${url}/v1/models`, { headers: { authorization, connection: 'close' } }));
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      return answers.every(({ ok }) => ok);
    },
    connectedMs,
  );
}
