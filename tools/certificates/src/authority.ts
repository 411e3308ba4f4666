import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const authorityDays = 3650;
/** Clocks of one machine agree; those of others may be a little behind. */
const backdatedMs = 300_000;

/** A certificate authority of one deployment, with its private key. */
export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** Reads the authority of a folder (`ca.crt`, `ca.key`, the key 0600), making it first where there is none. */
export async function openAuthority(folder: string): Promise<Authority> {
  const certificateFile = join(folder, 'ca.crt');
  const keyFile = join(folder, 'ca.key');
  if (!existsSync(certificateFile)) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const made = await makeAuthority();
    await writeFile(keyFile, await keyToPem(made.keys.privateKey), { mode: 0o600 });
    await writeFile(certificateFile, made.certificate.toString('pem'));
    return made;
  }
  const certificate = new x509.X509Certificate(await readFile(certificateFile, 'utf8'));
  const [der] = x509.PemConverter.decode(await readFile(keyFile, 'utf8'));
  if (!der) throw new Error('ca.key holds no private key');
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
  return { certificate, keys: { privateKey, publicKey: await certificate.publicKey.export() } };
}

/** A fresh authority, ten years valid, that may sign leaves only. */
export async function makeAuthority(): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Tacet local authority',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - backdatedMs),
    notAfter: new Date(Date.now() + authorityDays * dayMs),
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true)],
  });
  return { certificate, keys };
}

/** What a certificate says of its holder. */
export interface Leaf {
  /** The process: becomes the URI name `tacet://<identity>`, by which servers and clients know each other. */
  readonly identity: string;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly days?: number;
}

/** Issues a certificate into a folder as `tls.crt`, `tls.key` (0600) and `ca.crt`, the names that cert-manager uses. */
export async function issueInto(folder: string, authority: Authority, leaf: Leaf): Promise<void> {
  const issued = await issue(authority, leaf);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'tls.key'), issued.key, { mode: 0o600 });
  await writeFile(join(folder, 'tls.crt'), issued.certificate);
  await writeFile(join(folder, 'ca.crt'), authority.certificate.toString('pem'));
}

/** Issues a certificate for servers and clients alike, as PEM. */
export async function issue(authority: Authority, leaf: Leaf): Promise<{ readonly certificate: string; readonly key: string }> {
  const { identity, dnsNames = ['localhost'], addresses = ['127.0.0.1', '::1'], days = 90 } = leaf;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = [
    ...dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...addresses.map((value) => ({ type: 'ip' as const, value })),
    { type: 'url' as const, value: `tacet://${identity}` },
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${identity}`,
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - backdatedMs),
    notAfter: new Date(Date.now() + days * dayMs),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await keyToPem(keys.privateKey) };
}

async function keyToPem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
