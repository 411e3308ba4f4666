import type { AccountEvents } from '../events.ts';
import type { Conversation } from './conversation.ts';
import { decodeTitleBody, type TitleBody } from './message-body.ts';
import { recordField, type Sealer } from './sealer.ts';

/** Longest title, in characters. */
export const titleCharactersMax = 200;

/** A conversation whose title was opened. */
export interface TitledConversation {
  readonly conversation: Conversation;
  /** Undefined where there is none, and where it was refused. */
  readonly title: TitleBody | undefined;
  /** There is a title, but it did not open: somebody changed or moved it. */
  readonly titleRefused: boolean;
}

/** Opens the titles of some conversations of one account, all in one call. */
export async function openTitles(
  sealer: Sealer,
  events: AccountEvents,
  accountId: string,
  conversations: readonly Conversation[],
): Promise<TitledConversation[]> {
  const titled = conversations.flatMap(({ id, sealedTitle }) =>
    sealedTitle ? [{ conversationId: id, field: recordField.title, sealedBody: sealedTitle }] : [],
  );
  const opened = await sealer.open(accountId, titled);
  const titles = new Map(titled.map(({ conversationId }, index) => [conversationId, opened[index]]));
  const result = conversations.map((conversation) => {
    const plaintext = titles.get(conversation.id);
    const title = plaintext && decodeTitleBody(plaintext);
    return { conversation, title, titleRefused: conversation.sealedTitle !== undefined && title === undefined };
  });
  const refused = result.filter(({ titleRefused }) => titleRefused).length;
  if (refused > 0) events.recordRefused('title', refused);
  return result;
}
