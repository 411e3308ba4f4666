import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';

/** Who a certificate speaks for: the host part of its URI name `tacet://<identity>`. */
export const identities = ['edge', 'account', 'key-service', 'billing', 'pruner', 'operator'] as const;
export type Identity = (typeof identities)[number];

/** Certificate, key and the authority of the deployment, PEM, under the names that cert-manager gives them. */
export interface TlsFiles {
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly authority: Buffer;
}

/** Reads `tls.crt`, `tls.key` and `ca.crt` of a folder. Throws an `Error` that names the missing file. */
export function readTlsFolder(folder: string): TlsFiles {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      throw new Error(`TACET_TLS_DIR: ${name} cannot be read`, { cause: error });
    }
  };
  return { certificate: read('tls.crt'), key: read('tls.key'), authority: read('ca.crt') };
}

/**
 * The identity that a verified certificate carries as its one URI name (RFC 5280 §4.2.1.6); undefined when it
 * has none, several, or one that is unknown. DNS names, addresses and the subject play no part.
 */
export function identityOf(certificate: Pick<PeerCertificate, 'subjectaltname'> | undefined): Identity | undefined {
  const uris = (certificate?.subjectaltname ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const [uri] = uris;
  if (uri === undefined || uris.length !== 1) return undefined;
  return identities.find((identity) => uri === `URI:tacet://${identity}`);
}
