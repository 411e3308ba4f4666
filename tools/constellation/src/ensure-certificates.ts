import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueInto, openAuthority } from '@tacet/certificates';
import { identities } from '@tacet/rpc';
import type { DeploymentPaths } from './deployment-paths.ts';

/** A leaf that ends within this time is issued anew; leaves live 90 days. */
const renewBeforeMs = 30 * 86_400_000;

/**
 * Makes the deployment's authority and one certificate for each identity, and issues those again that are near
 * their end (or of another authority). Returns how many were issued.
 */
export async function ensureCertificates(paths: DeploymentPaths, nowMs: number): Promise<number> {
  const authority = await openAuthority(paths.authority);
  const authorityPem = await readFile(join(paths.authority, 'ca.crt'), 'utf8');
  let issued = 0;
  for (const identity of identities) {
    const folder = paths.certificates(identity);
    if (await isGood(folder, authorityPem, nowMs)) continue;
    await issueInto(folder, authority, { identity });
    issued++;
  }
  return issued;
}

async function isGood(folder: string, authorityPem: string, nowMs: number): Promise<boolean> {
  const files = ['tls.crt', 'tls.key', 'ca.crt'].map((name) => join(folder, name));
  if (!files.every((file) => existsSync(file))) return false;
  if ((await readFile(join(folder, 'ca.crt'), 'utf8')) !== authorityPem) return false;
  const certificate = new X509Certificate(await readFile(join(folder, 'tls.crt')));
  // A start that was killed between the two files leaves a pair that does not fit.
  if (!certificate.checkPrivateKey(createPrivateKey(await readFile(join(folder, 'tls.key'))))) return false;
  return certificate.verify(new X509Certificate(authorityPem).publicKey) && Date.parse(certificate.validTo) - nowMs > renewBeforeMs;
}
