import { TacetError } from '@tacet/errors';
import type { CallOptions, RpcClient } from '@tacet/rpc';
import type { KekInfo__Output } from '@tacet/rpc/types/keys/v1/KekInfo';
import { Command } from 'commander';
import { parseCount } from '../argument-parsers.ts';
import { kekColumns, kekToJson, kekToRow } from '../describe-kek.ts';
import type { Operator, Run } from '../operator.ts';
import { createProgressBar } from '../progress-bar.ts';
import { rewrapAll } from '../rewrap-all.ts';
import { renderTable } from '../table.ts';

/**
 * `tacet kek rotate`: a new KEK version, then every DEK is wrapped under it; no record is touched. When an earlier
 * rotation was not finished, that one is: typing the command again after a crash goes on.
 */
export function kekRotateCommand(run: Run): Command {
  return new Command('rotate')
    .description('make a new version of the master key and wrap every data key under it; typed again after an interruption, it goes on')
    .option('--new-version', 'make a new version although data keys are still under an older one')
    .option('--if-older-than <days>', 'do nothing while the version that wraps is younger: for a schedule', parseCount)
    .option('--destroy-old', 'then destroy the versions that nothing and no backup needs any more')
    .action(
      run(async (operator, { newVersion = false, ifOlderThan = 0, destroyOld = false }: Options) => {
        const { output, call, client, now } = operator;
        const keys = client('KeyService');
        const before = ofDeployment(await describe(keys, call));
        const unfinished = before.filter(({ state, deks }) => state === 'retired' && deks !== '0');
        const isDue = before.some(({ state, createdAtMs }) => state === 'active' && now() - Number(createdAtMs) >= ifOlderThan * dayMs);
        if (!isDue && unfinished.length === 0) {
          output.note(`The version that wraps is younger than ${ifOlderThan} days: nothing to do.`);
          const destroyed = destroyOld ? await destroyUnneeded(operator, keys) : [];
          await output.document({ rotated: false, rewrapped: '0', skipped: '0', destroyed, keks: before.map(kekToJson) }, () =>
            renderTable(kekColumns, before.map(kekToRow), output.paint),
          );
          return 'ok';
        }
        const rotated = newVersion || unfinished.length === 0;
        if (rotated) {
          const { kekId, kekVersion } = await keys.RotateKek({}, call);
          output.note(`${kekId} version ${kekVersion} wraps new data keys from now on.`);
        } else {
          output.note(
            'An earlier rotation is not finished: no new version is made (see --new-version), the rest of the data keys is wrapped.',
          );
        }
        const { total, skipped } = await rewrapWithBar(operator, keys);
        const destroyed = destroyOld ? await destroyUnneeded(operator, keys) : [];
        const after = await describe(keys, call);
        noteOthers(operator, after);
        await output.document(
          { rotated, rewrapped: (total - skipped).toString(), skipped: skipped.toString(), destroyed, keks: after.map(kekToJson) },
          () => renderTable(kekColumns, after.map(kekToRow), output.paint),
        );
        return skipped === 0n ? 'ok' : 'failed';
      }),
    );
}

interface Options {
  newVersion?: boolean;
  ifOlderThan?: number;
  destroyOld?: boolean;
}

const dayMs = 86_400_000;

/** Of the master key of everybody who chose no other: the one with a version in force that RotateKek rotates. */
function ofDeployment(keks: readonly KekInfo__Output[]): readonly KekInfo__Output[] {
  const own = keks.filter(({ isDefault }) => isDefault);
  return own.length > 0 ? own : keks;
}

/** Tells which of the data keys that were gone through are not under the new version, and why that is right. */
function noteOthers({ output }: Operator, keks: readonly KekInfo__Output[]): void {
  const own = ofDeployment(keks);
  const count = (chosen: (kek: KekInfo__Output) => boolean) => keks.filter(chosen).reduce((sum, { deks }) => sum + BigInt(deks), 0n);
  const givenUp = count(({ state }) => state === 'destroyed');
  const apart = count((kek) => kek.state !== 'destroyed' && !own.includes(kek));
  if (apart > 0n) output.note(`${apart} of them are of accounts with a key of their own, and stay under it.`);
  if (givenUp > 0n) output.note(`${givenUp} of them were given up with the version that wraps them.`);
}

/** Destroys what key-service lets go; what a data key or a backup still needs it refuses, and stays. */
async function destroyUnneeded({ output, call }: Operator, keys: RpcClient<'KeyService'>): Promise<number[]> {
  const destroyed: number[] = [];
  for (const { kekId, kekVersion, state } of ofDeployment(await describe(keys, call))) {
    if (state !== 'retired') continue;
    try {
      await keys.DestroyKekVersion({ kekId, kekVersion }, call);
      destroyed.push(kekVersion);
      output.note(`${kekId} version ${kekVersion} is destroyed.`);
    } catch (error) {
      if (!(error instanceof TacetError) || error.code !== 'conflict') throw error;
      output.note(`${kekId} version ${kekVersion} stays: ${error.message}`);
    }
  }
  return destroyed;
}

async function describe(keys: RpcClient<'KeyService'>, call: CallOptions): Promise<readonly KekInfo__Output[]> {
  return (await keys.DescribeKeys({}, call)).keks;
}

async function rewrapWithBar(
  { messages, output, signal }: Operator,
  keys: RpcClient<'KeyService'>,
): Promise<{ total: bigint; skipped: bigint }> {
  const bar = createProgressBar(messages, 'rewrapping');
  try {
    const progress = await rewrapAll(keys, { signal, onProgress: ({ done, total }) => bar.show(done, total) });
    bar.clear();
    output.note(`Wrapped ${progress.done - progress.skipped} of ${progress.total} data keys.`);
    if (progress.skipped > 0n)
      output.note(
        `${progress.skipped} keys could not be unwrapped and stay as they are: look for the version that opens them in a backup.`,
      );
    return progress;
  } catch (error) {
    bar.clear();
    output.note('The rewrap is not finished. Both versions open data keys meanwhile; type `tacet kek rotate` again to go on.');
    throw error;
  }
}
