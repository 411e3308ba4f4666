import type { Pool } from '@tacet/database';
import type { Clock } from '../clock.ts';
import { listConversations } from '../conversations/list-conversations.ts';
import { openMessages, readMessagesAfter } from '../conversations/messages.ts';
import type { Sealer } from '../conversations/sealer.ts';
import { openTitles } from '../conversations/titles.ts';
import type { AccountEvents } from '../events.ts';
import { toConversationResource } from '../http/resources/conversation-resource.ts';
import { toMessageResource } from '../http/resources/message-resource.ts';

export interface ExportConversationsDependencies {
  readonly pool: Pool;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly events: AccountEvents;
}

const conversationsPage = 100;
/** What is opened, and so in memory in plaintext, at a time. */
const messagesPage = { messagesMax: 100, bytesMax: 1_048_576 };

/** An entry of an array, or a further piece of the entry before. */
type Piece = string | { readonly entry: string };

/** The living conversations of an account, each with its messages. */
export async function* exportConversations(dependencies: ExportConversationsDependencies, accountId: string): AsyncGenerator<Piece> {
  const { pool, sealer, clock, events } = dependencies;
  for (let before: string | undefined; ;) {
    const { conversations, next } = await listConversations(pool, accountId, clock(), { before, pageSize: conversationsPage });
    for (const titled of await openTitles(sealer, events, accountId, conversations)) {
      yield { entry: `${JSON.stringify(toConversationResource(titled)).slice(0, -1)},"messages":[` };
      yield* exportMessages(dependencies, accountId, titled.conversation.id);
      yield ']}';
    }
    if (next === undefined) return;
    before = next;
  }
}

async function* exportMessages(
  { pool, sealer, events }: ExportConversationsDependencies,
  accountId: string,
  conversationId: string,
): AsyncGenerator<string> {
  let separator = '';
  for (let after = -1; ;) {
    const stored = await readMessagesAfter(pool, conversationId, after, messagesPage);
    const opened = await openMessages(sealer, events, accountId, conversationId, stored);
    for (const [index, { id, position }] of stored.entries()) {
      const message = opened[index];
      yield separator + JSON.stringify(message ? toMessageResource(message) : { id, position, refused: true });
      separator = ',';
      after = position;
    }
    if (stored.length === 0) return;
  }
}
