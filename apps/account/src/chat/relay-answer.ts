import { setTimeout as sleep } from 'node:timers/promises';
import { databaseAway, type Pool } from '@tacet/database';
import { TacetError, toTacetError } from '@tacet/errors';
import type { Clock } from '../clock.ts';
import type { MessageBody } from '../conversations/message-body.ts';
import { nextPlace } from '../conversations/messages.ts';
import type { Sealer } from '../conversations/sealer.ts';
import { storeMessage } from '../conversations/store-message.ts';
import type { AccountEvents } from '../events.ts';
import { newId } from '../identifiers.ts';
import type { BegunTurn } from './begin-turn.ts';
import { readAnswer, type FinishReason, type TokenUsage } from './read-answer.ts';

/** Longest answer that is kept, in bytes of JSON; a longer one is cut there. */
export const answerBytesMax = 900_000;
/** How often the sealing of an answer is tried, which has been paid for. */
const sealTriesMax = 4;
const sealRetryMs = 500;

export interface RelayDependencies {
  readonly pool: Pool;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly events: AccountEvents;
}

/** Where the answer goes while it comes. */
export interface AnswerListener {
  /** Resolves when the reader can take more. */
  text(plaintextText: string): Promise<void>;
}

/** The answer that was stored, and how the turn ended. */
export interface EndedTurn {
  /** Undefined when nothing had come, or nothing could be stored. */
  readonly answer:
    { readonly id: string; readonly position: number; readonly createdAtMs: number; readonly truncated: boolean } | undefined;
  readonly finishReason: FinishReason | undefined;
  readonly usage: TokenUsage | undefined;
  /** What cut the answer, or kept it from being stored. */
  readonly error: TacetError | undefined;
}

interface Received {
  plaintextContent: string;
  finishReason: FinishReason | undefined;
  usage: TokenUsage | undefined;
  cut: TacetError | undefined;
}

/**
 * Passes an answer on as it comes, then seals and stores it: whole, or what there was at the cut (`truncated`).
 * `signal` aborts when the reader has left; the edge is told by the same signal. Never throws.
 */
export async function relayAnswer(
  dependencies: RelayDependencies,
  turn: BegunTurn,
  listener: AnswerListener,
  signal: AbortSignal,
): Promise<EndedTurn> {
  const { clock, events } = dependencies;
  const createdAtMs = clock();
  const { plaintextContent, finishReason, usage, cut } = await receive(turn, listener, signal);
  const truncated = cut !== undefined;
  const id = newId();
  const body = { role: 'assistant', parentId: turn.messageId, revision: 1, createdAtMs, plaintextContent, truncated } as const;
  const stored = plaintextContent === '' ? undefined : await store(dependencies, turn, id, body);
  const lost = stored instanceof TacetError ? stored : undefined;
  events.turnEnded(lost ? 'unsealed' : signal.aborted ? 'client_left' : cut ? 'cut' : 'complete');
  const answer = typeof stored === 'number' ? { id, position: stored, createdAtMs, truncated } : undefined;
  return { answer, finishReason, usage, error: lost ?? cut };
}

async function receive({ stream }: BegunTurn, listener: AnswerListener, signal: AbortSignal): Promise<Received> {
  const received: Received = { plaintextContent: '', finishReason: undefined, usage: undefined, cut: undefined };
  let bytes = 0;
  try {
    for await (const part of readAnswer(stream)) {
      if (part.kind === 'finish') received.finishReason = part.reason;
      else if (part.kind === 'usage') received.usage = part.usage;
      else {
        bytes += Buffer.byteLength(JSON.stringify(part.plaintextText));
        if (bytes > answerBytesMax) throw new TacetError('worker_invalid', { message: 'The answer is longer than can be kept.' });
        received.plaintextContent += part.plaintextText;
        await listener.text(part.plaintextText);
      }
    }
  } catch (error) {
    received.cut = signal.aborted ? new TacetError('client_closed') : toTacetError(error);
  }
  return received;
}

/** Stores an answer; its position, or what keeps it from being stored. */
async function store(
  { pool, sealer, clock, events }: RelayDependencies,
  turn: BegunTurn,
  id: string,
  body: Omit<MessageBody, 'position'>,
): Promise<number | TacetError> {
  for (let tries = 1; ; tries++) {
    try {
      // Another answer goes to the end as that is now; if somebody else is faster, to the end as that is then.
      const position = turn.answerPosition ?? (await nextPlace(pool, turn.conversationId)).position + 1;
      await storeMessage(pool, sealer, clock, turn.accountId, turn.conversationId, id, { ...body, position });
      return position;
    } catch (error) {
      const typed = toTacetError(databaseAway(error));
      // Deleted or expired meanwhile: its owner wants it gone.
      if (typed.code === 'not_found' || typed.code === 'conversation_expired' || typed.code === 'dek_unknown') return typed;
      if (tries === sealTriesMax) {
        events.answerLost(error);
        return typed;
      }
    }
    await sleep(sealRetryMs * tries);
  }
}
