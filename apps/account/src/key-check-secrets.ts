import { readSecretFile } from '@tacet/service';

/** Reads the secrets behind the check characters of API keys: one of 64 hex characters a line, newest first. */
export function readKeyCheckSecrets(file: string): readonly [Buffer, ...Buffer[]] {
  const variable = 'TACET_KEY_CHECK_FILE';
  const lines = readSecretFile(variable, file)
    .split('\n')
    .map((line) => line.trim());
  if (lines.some((line) => !/^[0-9a-fA-F]{64}$/.test(line))) throw new Error(`${variable}: every line must hold 64 hex characters`);
  const [newest = '', ...older] = lines;
  return [Buffer.from(newest, 'hex'), ...older.map((line) => Buffer.from(line, 'hex'))];
}
