import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentPaths, openOperatorClients, type OperatorClients } from '@tacet/constellation';
import { charge } from '@tacet/pricing';
import type { RequestUsage__Output as RequestUsage } from '@tacet/rpc/types/ledger/v1/RequestUsage';
import { parsePriceList } from '@tacet/tacet';
import { eventually } from '@tacet/testing';
import type { ReadyLine } from './launched.ts';

/** What a finished answer reports. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
}

/** Asks for a chat answer that is not streamed. Throws on any status but 200. */
export async function chat({ edge, apiKey, worker }: ReadyLine, further: Readonly<Record<string, unknown>> = {}): Promise<{ readonly content: string; readonly usage: Usage }> {
  const response = await fetch(`${edge}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: worker.model, max_tokens: 16, messages: [{ role: 'user', content: 'Say hello.' }], ...further }),
  });
  if (!response.ok) throw new Error(`the edge answered ${response.status}: ${await response.text()}`);
  const answer = (await response.json()) as { choices: { message: { content: string } }[]; usage: Usage };
  return { content: answer.choices[0]!.message.content, usage: answer.usage };
}

/** What the usage costs by the deployment's own models.yaml, in nano-USD. */
export function costOf({ dataDir, worker }: ReadyLine, usage: Usage): bigint {
  const file = deploymentPaths(dataDir).models;
  const model = parsePriceList(readFileSync(file, 'utf8'), file).find(({ id }) => id === worker.model)!;
  const cached = BigInt(usage.prompt_tokens_details?.cached_tokens ?? 0);
  return charge(model, { input: BigInt(usage.prompt_tokens) - cached, cached, output: BigInt(usage.completion_tokens) });
}

/** What the account has after all counts were applied: asked of billing, as the operator. */
export async function postedBalance(ready: ReadyLine): Promise<bigint> {
  return asOperator(ready, async ({ ledger }, accountId) => BigInt((await ledger.GetBalance({ accountId })).postedNano));
}

/** The account's requests as the ledger knows them. */
export async function listRequests(ready: ReadyLine): Promise<readonly RequestUsage[]> {
  return asOperator(ready, async ({ ledger }, accountId) => {
    const requests: RequestUsage[] = [];
    for await (const { request } of ledger.ListUsage({ accountId })) if (request) requests.push(request);
    return requests;
  });
}

async function asOperator<T>({ dataDir, email }: ReadyLine, ask: (clients: OperatorClients, accountId: Buffer) => Promise<T>): Promise<T> {
  const { ledgerAddress, directoryAddress, keysAddress } = JSON.parse(readFileSync(join(dataDir, 'operator.json'), 'utf8')) as Record<string, string>;
  const clients = openOperatorClients(deploymentPaths(dataDir), { ledger: ledgerAddress!, directory: directoryAddress!, keys: keysAddress! });
  try {
    const { accounts } = await clients.accounts.ListAccounts({ email });
    return await ask(clients, accounts[0]!.accountId);
  } finally {
    clients.close();
  }
}

/** Waits until the balance is what it must be. */
export async function untilBalanceIs(ready: ReadyLine, nano: bigint): Promise<void> {
  let last: bigint | undefined;
  try {
    await eventually('the balance is exact', async () => {
      last = await postedBalance(ready);
      return last === nano;
    }, 20_000);
  } catch (error) {
    throw new Error(`the balance is ${last}, not ${nano}`, { cause: error });
  }
}
