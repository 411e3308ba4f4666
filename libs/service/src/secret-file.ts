import { readFileSync, statSync } from 'node:fs';

const secretBytesMax = 65_536;

/**
 * Reads a secret whose path came from the configuration, without the line's end. Throws an `Error` that names
 * the variable, never the path's content; refuses a file that others may read.
 */
export function readSecretFile(variable: string, file: string): string {
  let text: string;
  try {
    const { mode, size } = statSync(file);
    // Group access is how Kubernetes mounts secrets for a non-root process (fsGroup).
    if ((mode & 0o007) !== 0) throw new Error(`${variable}: the file is readable by others; chmod 600 it`);
    if (size > secretBytesMax) throw new Error(`${variable}: the file is larger than ${secretBytesMax} bytes`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && error.message.startsWith(variable)) throw error;
    throw new Error(`${variable}: the file cannot be read`, { cause: error });
  }
  return text.replace(/\r?\n$/, '');
}
