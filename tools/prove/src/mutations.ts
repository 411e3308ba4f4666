import type { Patch } from './claim.ts';

/** The power-on self-test would stop a key-service that is broken on purpose. */
export const withoutSelfTest: Patch = {
  file: 'apps/key-service/src/self-test.ts',
  from: '  const dek = randomBytes(32);\n  for (const ephemeral',
  to: '  if (drawNonce !== undefined) return;\n  const dek = randomBytes(32);\n  for (const ephemeral',
};
