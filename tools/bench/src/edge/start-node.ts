import { fileURLToPath } from 'node:url';
import { inheritedEnvironment, nodeFlags } from '@tacet/constellation';
import { startKeptProcess, type KeptProcess } from '@tacet/servers';

const stopMs = 2_000;

/** Starts a file of this folder as a process of its own. */
export function startNode(file: string, argumentsOf: readonly string[]): Promise<KeptProcess> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return startKeptProcess({ name: file, command: process.execPath, arguments: [...nodeFlags, path, ...argumentsOf], environment: inheritedEnvironment(process.env), stopMs });
}
