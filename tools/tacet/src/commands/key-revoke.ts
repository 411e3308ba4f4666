import { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { keyToJson, timeOrNull } from '../describe-key.ts';
import { formatId, isId, parseId } from '../ids.ts';
import type { Run } from '../operator.ts';
import { renderFields } from '../table.ts';
import { UsageError } from '../usage-error.ts';

/** `tacet key revoke`: every edge refuses the key within a second and cuts its open streams; for good. */
export function keyRevokeCommand(run: Run): Command {
  return new Command('revoke')
    .description('refuse a key for good, within a second and on every edge, and cut its open streams')
    .argument('<key>', 'id, or the 8 characters after tct_live_')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (operator, reference: string, { yes = false }: { yes?: boolean }) => {
        const { output, call, client } = operator;
        const request = toRequest(reference);
        if (!(await confirm(`Revoke the key ${reference} for good?`, yes, operator))) {
          output.note('Nothing was done.');
          return 'failed';
        }
        const key = await client('AccountAdmin').RevokeKey(request, call);
        await output.document(keyToJson(key), () =>
          renderFields(
            [
              ['key', formatId(key.keyId)],
              ['public id', key.publicId],
              ['name', key.name],
              ['revoked', timeOrNull(key.revokedAtMs) ?? 'no'],
            ],
            output.paint,
          ),
        );
        return 'ok';
      }),
    );
}

/** A whole key is not taken: it would stay in the shell's history. */
function toRequest(reference: string): { keyId: Buffer } | { publicId: string } {
  if (isId(reference)) return { keyId: parseId(reference, 'a key') };
  if (/^[0-9A-Za-z]{8}$/.test(reference)) return { publicId: reference };
  throw new UsageError('a key is named by its id, or by the 8 characters after tct_live_');
}
