import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { operatorFileName, type OperatorFile } from '@tacet/tacet';
import type { PlannedDeployment } from './plan-deployment.ts';

/** Writes the file by which `npm run tacet` finds this deployment. */
export async function writeOperatorFile({ deployment: { paths, addresses }, instances }: PlannedDeployment): Promise<void> {
  const inFolder = (path: string) => relative(paths.folder, path);
  const content: OperatorFile = {
    version: 1,
    tlsDir: inFolder(paths.certificates('operator')),
    ledgerAddress: addresses.ledger,
    directoryAddress: addresses.directory,
    keysAddress: addresses.keys,
    healthAddresses: Object.fromEntries(instances.map(({ application, ports }) => [application, `127.0.0.1:${ports.metrics}`])),
    postgresUrlFile: inFolder(paths.databaseUrl('tacet_owner')),
    keystoreUrlFile: inFolder(paths.databaseUrl('tacet_keystore_owner')),
    workersFile: inFolder(paths.workers),
    modelsFile: inFolder(paths.models),
  };
  await writeFile(join(paths.folder, operatorFileName), `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
}
