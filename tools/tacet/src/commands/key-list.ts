import { Command } from 'commander';
import { keyState, keyToJson, limitsToText, timeOrNull } from '../describe-key.ts';
import { findAccount } from '../find-account.ts';
import { formatId } from '../ids.ts';
import type { Run } from '../operator.ts';

const pageSize = 1_000;
const columns = [
  { title: 'PUBLIC ID' },
  { title: 'NAME' },
  { title: 'STATE', style: (text: string) => (text === 'active' ? ('green' as const) : ('dim' as const)) },
  { title: 'NO-LOG' },
  { title: 'MODELS' },
  { title: 'LIMITS' },
  { title: 'EXPIRES' },
  { title: 'KEY' },
];

/** `tacet key list`: the keys of an account, without their plaintext, which nobody has. */
export function keyListCommand(run: Run): Command {
  return new Command('list')
    .description('list the keys of an account, oldest first')
    .argument('<account>', 'id or e-mail address')
    .action(
      run(async (operator, reference: string) => {
        const { output, call, client, now } = operator;
        const accountId = await findAccount(operator, reference);
        const admin = client('AccountAdmin');
        const answer = output.stream(columns);
        let count = 0;
        let after: Buffer = Buffer.alloc(0);
        do {
          const { keys, next } = await admin.ListKeys({ accountId, after, pageSize }, call);
          for (const key of keys) {
            const state = keyState(key, now());
            const row = [
              key.publicId,
              key.name,
              state,
              key.noLog ? 'yes' : 'no',
              key.models.join(', ') || 'all',
              limitsToText(key) || 'none',
              timeOrNull(key.expiresAtMs) ?? 'never',
              formatId(key.keyId),
            ];
            await answer.add({ ...keyToJson(key), state }, row);
          }
          count += keys.length;
          after = next;
        } while (after.length > 0);
        await answer.end();
        if (count === 0) output.note('The account has no keys.');
        return 'ok';
      }),
    );
}
