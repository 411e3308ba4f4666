import { transaction, type Pool } from '@tacet/database';
import { TacetError } from '@tacet/errors';
import { newId } from '../identifiers.ts';
import { conversationColumns, ephemeralMs, epochOf, toConversation, type Conversation, type ConversationRow } from './conversation.ts';
import { encodeTitleBody } from './message-body.ts';
import { recordField, type Sealer } from './sealer.ts';

/** Most conversations of one account. */
export const conversationsMax = 100_000;

export interface NewConversation {
  readonly modelId: string;
  readonly plaintextTitle: string | undefined;
  readonly ephemeral: boolean;
}

/** Begins a conversation; its title is sealed first. Throws `conflict` when there are too many, or the account is on its way out. */
export async function createConversation(
  pool: Pool,
  sealer: Sealer,
  accountId: string,
  { modelId, plaintextTitle, ephemeral }: NewConversation,
  nowMs: number,
): Promise<Conversation> {
  const id = newId();
  const expiresAtMs = ephemeral ? nowMs + ephemeralMs : undefined;
  const [sealedTitle] =
    plaintextTitle === undefined
      ? []
      : await sealer.seal(accountId, expiresAtMs, [
          { conversationId: id, field: recordField.title, plaintextBody: encodeTitleBody({ plaintextTitle, revision: 1 }) },
        ]);
  return transaction(pool, async (connection) => {
    const { rows: open } = await connection.query(
      "SELECT 1 FROM account.account WHERE account_id = $1 AND status IN ('active', 'opening') FOR SHARE",
      [accountId],
    );
    if (open.length === 0) throw new TacetError('conflict', { message: 'The account is no longer open.' });
    const { rows: counted } = await connection.query<{ n: bigint }>(
      'SELECT count(*) AS n FROM (SELECT 1 FROM account.conversation WHERE account_id = $1 LIMIT $2) AS counted',
      [accountId, conversationsMax],
    );
    if ((counted[0]?.n ?? 0n) >= BigInt(conversationsMax))
      throw new TacetError('conflict', { message: `An account has at most ${conversationsMax} conversations.` });
    const { rows } = await connection.query<ConversationRow>(
      `INSERT INTO account.conversation (id, account_id, ephemeral, expires_at, epoch, model_id, title, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${conversationColumns}`,
      [
        id,
        accountId,
        ephemeral,
        expiresAtMs === undefined ? null : new Date(expiresAtMs),
        expiresAtMs === undefined ? null : epochOf(expiresAtMs),
        modelId,
        sealedTitle ?? null,
        new Date(nowMs),
      ],
    );
    if (!rows[0]) throw new Error('an insert returned no row');
    return toConversation(rows[0]);
  });
}
