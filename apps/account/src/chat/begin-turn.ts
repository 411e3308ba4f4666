import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Account } from '../accounts/account.ts';
import { openAccount, type OpenAccountDependencies } from '../accounts/open-account.ts';
import type { Clock } from '../clock.ts';
import { findConversation } from '../conversations/conversation.ts';
import { nextPlace } from '../conversations/messages.ts';
import type { Sealer } from '../conversations/sealer.ts';
import { storeMessage } from '../conversations/store-message.ts';
import { newId } from '../identifiers.ts';
import { peerError } from '../peers.ts';
import type { ChatMessage, ChatRequest, EdgeClient } from './edge-client.ts';
import { readHistory } from './read-history.ts';

export interface TurnDependencies extends OpenAccountDependencies {
  readonly pool: Pool;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly edge: EdgeClient;
}

/** A turn that the edge has admitted: the person's message is stored, the answer is on its way. */
export interface BegunTurn {
  readonly accountId: string;
  readonly conversationId: string;
  readonly messageId: string;
  readonly messagePosition: number;
  readonly messageCreatedAtMs: number;
  readonly stream: AsyncIterable<Buffer>;
}

/**
 * Seals and stores what a person wrote, then asks the edge for the answer. Throws what refuses either; a message
 * whose answer the edge refused stays in the conversation, without an answer.
 */
export async function beginTurn(
  dependencies: TurnDependencies,
  account: Account,
  conversationId: string,
  plaintextContent: string,
  signal: AbortSignal,
): Promise<BegunTurn> {
  const { pool, sealer, clock, edge, events } = dependencies;
  const { accountId } = account;
  if (account.status === 'suspended') throw new TacetError('account_suspended');
  if (account.status === 'opening') await finishOpening(dependencies, accountId);
  const conversation = await findConversation(pool, accountId, conversationId, clock());
  const place = await nextPlace(pool, conversationId);
  const history = await readHistory(pool, sealer, events, conversation, place.position);
  const messageId = newId();
  const createdAtMs = clock();
  await storeMessage(pool, sealer, clock, accountId, conversationId, messageId, {
    role: 'user',
    ...place,
    revision: 1,
    createdAtMs,
    plaintextContent,
    truncated: false,
  });
  // Marked ephemeral since it was read: the present state decides what the edge may keep.
  const { expiresAtMs, modelId } = await findConversation(pool, accountId, conversationId, clock());
  const asked = { role: 'user' as const, plaintextContent };
  const stream = await askPatiently(
    edge,
    history,
    (messages) => ({ accountId, modelId, messages: [...messages, asked], noLog: expiresAtMs !== undefined }),
    signal,
  );
  return { accountId, conversationId, messageId, messagePosition: place.position, messageCreatedAtMs: createdAtMs, stream };
}

/**
 * Asks with the whole history, and where the conversation is refused with its newer half, down to the message alone:
 * how much a model takes is known to its worker, and a refused request costs nothing.
 */
async function askPatiently(
  edge: EdgeClient,
  history: readonly ChatMessage[],
  requestOf: (messages: readonly ChatMessage[]) => ChatRequest,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  try {
    return await edge.chat(requestOf(history), signal);
  } catch (error) {
    if (!(error instanceof TacetError) || error.code !== 'bad_request' || history.length === 0) throw error;
  }
  // Whole turns: a question and its answer each.
  const turns = Math.floor(history.length / 4);
  return askPatiently(edge, turns === 0 ? [] : history.slice(-2 * turns), requestOf, signal);
}

async function finishOpening(dependencies: TurnDependencies, accountId: string): Promise<void> {
  try {
    await openAccount(dependencies, accountId);
  } catch (error) {
    throw peerError(error);
  }
}
