import { issue, makeAuthority, type Authority } from '@tacet/certificates';
import type { Identity, TlsFiles } from '@tacet/rpc';

/** Certificates of one deployment, for gRPC servers and clients of a test. */
export async function testCertificates(): Promise<(identity: Identity) => Promise<TlsFiles>> {
  const authority: Authority = await makeAuthority();
  return async (identity) => {
    const { certificate, key } = await issue(authority, { identity });
    return { certificate: Buffer.from(certificate), key: Buffer.from(key), authority: Buffer.from(authority.certificate.toString('pem')) };
  };
}
