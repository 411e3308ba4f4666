import { Command } from 'commander';
import type { Run } from '../operator.ts';

/** `tacet kek verify`: whether a key at a provider can be used now. */
export function kekVerifyCommand(run: Run): Command {
  return new Command('verify')
    .description('wrap and unwrap a random secret under a key at a provider that is open to accounts')
    .argument('<provider>', 'a name of providers.yaml')
    .argument('<key>', 'name or ARN of a key there')
    .action(
      run(async (operator, providerName: string, key: string) => {
        const { output, call, client } = operator;
        const { provider, kekId, kekVersion } = await client('KeyService').VerifyProvider({ providerName, key }, call);
        await output.document({ provider, kek_id: kekId, kek_version: kekVersion }, () => `${kekId} version ${kekVersion} works (${provider}).\n`);
        return 'ok';
      }),
    );
}
