import { isIP } from 'node:net';
import { checkServerIdentity, connect, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls';
import type { TlsFiles } from '@tacet/rpc';

/** Longest that a handshake may take. */
export const probeMs = 3_000;

/** What a door showed: its certificate, and why a client would not accept it. */
export interface TlsProbe {
  readonly certificate: PeerCertificate;
  /** A code of OpenSSL or Node, such as CERT_HAS_EXPIRED or ERR_TLS_CERT_ALTNAME_INVALID. */
  readonly refusal: string | undefined;
}

/**
 * Shakes hands with a door and reads its certificate, valid or not. Throws the error of the connection (its `code`
 * tells ECONNREFUSED, ENOTFOUND …), or one of its own after `probeMs`.
 */
export function probeTls(address: string, tls: TlsFiles): Promise<TlsProbe> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(address.slice(at + 1)),
      ca: tls.authority,
      cert: tls.certificate,
      key: tls.key,
      ALPNProtocols: ['h2'],
      ...(isIP(host) ? {} : { servername: host }),
      // The certificate is read first and judged after, so that the report can say what is wrong with it.
      rejectUnauthorized: false,
      timeout: probeMs,
    });
    socket.once('secureConnect', () => {
      const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true);
      resolve({
        certificate,
        refusal: socket.authorized ? codeOf(checkServerIdentity(host, certificate)) : codeOf(socket.authorizationError),
      });
      socket.destroy();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no handshake within ${probeMs} ms`)));
    socket.once('error', reject);
  });
}

/** Node gives the code of a refused certificate, or an error that has it. */
function codeOf(error: unknown): string | undefined {
  if (error === undefined || typeof error === 'string') return error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'refused';
}

/** The single addresses of a gRPC target: `host:port`, `dns:///host:port`, `ipv4:host:port,host:port`. */
export function splitTarget(target: string): readonly string[] {
  return target.replace(/^(dns:(\/\/\/)?|ipv[46]:)/, '').split(',');
}
