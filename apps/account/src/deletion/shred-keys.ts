import { idBytes } from '../identifiers.ts';
import type { Peers } from '../peers.ts';
import type { Deletion, StepOutcome } from './deletion.ts';

/** Destroys the account's DEKs: its messages are unreadable wherever a copy of them lies. Repeating it is harmless. */
export async function shredKeys(
  keys: Peers['keys'],
  { accountId, unreadableAfterMs = 0, backupsEndMs = 0 }: Deletion,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const answer = await keys.ShredAccount({ accountId: idBytes(accountId) }, { signal });
  return {
    done: true,
    removed: { data_keys: answer.deks },
    unreadableAfterMs: Math.max(unreadableAfterMs, Number(answer.unreadableAfterMs)),
    backupsEndMs: Math.max(backupsEndMs, Number(answer.backupsEndMs)),
  };
}
