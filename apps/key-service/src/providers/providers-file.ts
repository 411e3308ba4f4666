import { parseDocument } from 'yaml';
import { z } from 'zod';

/** Largest `providers.yaml`, in bytes. */
export const providersFileBytesMax = 262_144;
/** Providers that can be named. */
export const providersMax = 64;

const timeoutMs = z.number().int().min(100).max(10_000).default(2_000);
const shared = {
  /** In front of each `kek_id` of the provider. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/),
  /** Whether accounts may choose it for a key of their own. */
  forAccounts: z.boolean().default(false),
  timeoutMs,
};

const vaultTransit = z.strictObject({
  ...shared,
  kind: z.literal('vault-transit'),
  address: z.url({ protocol: /^https?$/ }).refine(isSafeAddress, 'must be https, or on loopback'),
  mount: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_/-]{0,127}$/).default('transit'),
  tokenFile: z.string().min(1),
  authorityFile: z.string().min(1).optional(),
});

const awsKms = z.strictObject({
  ...shared,
  kind: z.literal('aws-kms'),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** Of a private endpoint; else Amazon's own of the region. */
  endpoint: z.url({ protocol: /^https?$/ }).refine(isSafeAddress, 'must be https, or on loopback').optional(),
});

/** One token of the operator, with keys that accounts do not choose. */
const pkcs11 = z.strictObject({
  ...shared,
  forAccounts: z.literal(false).default(false),
  kind: z.literal('pkcs11'),
  /** The vendor's library. */
  module: z.string().min(1),
  tokenLabel: z.string().min(1).max(32),
  pinFile: z.string().min(1),
});

const providersFile = z.strictObject({
  /** The deployment's own key; without it that is the local folder's `main`. */
  default: z.strictObject({ provider: z.string(), key: z.string().min(1).max(256) }).optional(),
  providers: z.array(z.discriminatedUnion('kind', [vaultTransit, awsKms, pkcs11])).max(providersMax).default([]),
});

export type ProviderSettings = z.output<typeof providersFile>['providers'][number];
export type ProvidersFile = z.output<typeof providersFile>;

/** Reads `providers.yaml`. Throws an `Error` that names the variable and every rule that is broken, never a value. */
export function parseProviders(variable: string, text: string): ProvidersFile {
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, prettyErrors: false });
  if (document.errors.length > 0) throw new Error(`${variable}: the file is not valid YAML`);
  const parsed = providersFile.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (!parsed.success) throw new Error(`${variable}: ${[...new Set(parsed.error.issues.map(({ path }) => `${path.join('.') || 'the file'} is not valid`))].join(', ')}`.slice(0, 200));
  const { providers, default: own } = parsed.data;
  const names = providers.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new Error(`${variable}: two providers have the same name`);
  if (own && !names.includes(own.provider)) throw new Error(`${variable}: default.provider is none of the providers`);
  return parsed.data;
}

/** Tokens and secrets travel to it. */
function isSafeAddress(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
}
