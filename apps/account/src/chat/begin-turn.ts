import type { Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import type { Account } from '../accounts/account.ts';
import { openAccount, type OpenAccountDependencies } from '../accounts/open-account.ts';
import type { Clock } from '../clock.ts';
import { findConversation, type Conversation } from '../conversations/conversation.ts';
import { findMessage, nextPlace, openAllMessages } from '../conversations/messages.ts';
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
  /** Of the answer; undefined: the message has one already, and this one goes wherever there is room at its end. */
  readonly answerPosition: number | undefined;
  readonly stream: AsyncIterable<Buffer>;
}

/**
 * Seals and stores what a person wrote, then asks the edge for the answer. It follows `parentId` (`nextPlace`). Throws
 * what refuses either; a message whose answer the edge refused stays in the conversation, without an answer.
 */
export async function beginTurn(
  dependencies: TurnDependencies,
  account: Account,
  conversationId: string,
  message: { readonly plaintextContent: string; readonly parentId: string | null | undefined },
  signal: AbortSignal,
): Promise<BegunTurn> {
  const { pool, sealer, clock, events } = dependencies;
  const { plaintextContent } = message;
  const conversation = await findOpen(dependencies, account, conversationId);
  const place = await nextPlace(pool, conversationId, message.parentId);
  const history = await readHistory(pool, sealer, events, conversation, place.parentId);
  const [messageId, messageCreatedAtMs] = [newId(), clock()];
  await storeMessage(pool, sealer, clock, account.accountId, conversationId, messageId, {
    role: 'user',
    ...place,
    revision: 1,
    createdAtMs: messageCreatedAtMs,
    plaintextContent,
    truncated: false,
  });
  const stream = await ask(dependencies, conversation, history, plaintextContent, signal);
  const { accountId } = account;
  return { accountId, conversationId, messageId, messagePosition: place.position, messageCreatedAtMs, answerPosition: place.position + 1, stream };
}

/** Asks the edge again for an answer to a message that is in the conversation; its other answers stay. Throws `not_found` for anything else. */
export async function beginAnswer(
  dependencies: TurnDependencies,
  account: Account,
  conversationId: string,
  messageId: string,
  signal: AbortSignal,
): Promise<BegunTurn> {
  const { pool, sealer, events } = dependencies;
  const { accountId } = account;
  const conversation = await findOpen(dependencies, account, conversationId);
  const stored = await findMessage(pool, conversationId, messageId);
  if (!stored) throw new TacetError('not_found');
  const [message] = await openAllMessages(sealer, events, accountId, conversationId, [stored]);
  if (message?.role !== 'user') throw new TacetError('not_found');
  // Whether there is room is known before the answer is paid for.
  await nextPlace(pool, conversationId);
  const history = await readHistory(pool, sealer, events, conversation, message.parentId);
  const stream = await ask(dependencies, conversation, history, message.plaintextContent, signal);
  return { accountId, conversationId, messageId, messagePosition: message.position, messageCreatedAtMs: message.createdAtMs, answerPosition: undefined, stream };
}

/** The conversation, of an account that may chat. */
async function findOpen(dependencies: TurnDependencies, account: Account, conversationId: string): Promise<Conversation> {
  const { pool, clock } = dependencies;
  if (account.status === 'suspended') throw new TacetError('account_suspended');
  if (account.status === 'opening') await finishOpening(dependencies, account.accountId);
  return findConversation(pool, account.accountId, conversationId, clock());
}

async function ask(
  { pool, clock, edge }: TurnDependencies,
  { id, accountId }: Conversation,
  history: readonly ChatMessage[],
  plaintextContent: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer>> {
  // Marked ephemeral since it was read: the present state decides what the edge may keep.
  const { expiresAtMs, modelId } = await findConversation(pool, accountId, id, clock());
  const asked = { role: 'user' as const, plaintextContent };
  return askPatiently(edge, history, (messages) => ({ accountId, modelId, messages: [...messages, asked], noLog: expiresAtMs !== undefined }), signal);
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
