import type { IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { identityOf, readTlsFolder } from '@tacet/rpc';

/** How often certificates are read again: they are renewed while the process runs. */
const renewMs = 60_000;

/** What a door needs to speak TLS. */
export type DoorTls = SecureContextOptions & { readonly requestCert?: boolean; readonly rejectUnauthorized?: boolean };

/** The internal door's: certificates of the deployment on both sides. */
export function internalTls(folder: string): DoorTls {
  const { certificate, key, authority } = readTlsFolder(folder);
  return { cert: certificate, key, ca: authority, minVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: true };
}

/** The public door's (`tls.crt`, `tls.key`). Throws an `Error` that names the variable. */
export function publicTls(folder: string): DoorTls {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name));
    } catch (error) {
      throw new Error(`TACET_EDGE_TLS_DIR: ${name} cannot be read`, { cause: error });
    }
  };
  return { cert: read('tls.crt'), key: read('tls.key'), minVersion: 'TLSv1.2' };
}

/** Reads certificates again and again, and hands them over when they changed. Stops with the timer that it returns. */
export function renewing(read: () => DoorTls, take: (tls: DoorTls) => void): NodeJS.Timeout {
  let before = String(read().cert);
  const timer = setInterval(() => {
    let tls: DoorTls;
    try {
      tls = read();
    } catch {
      // Half-written files: the next look finds them whole, and the old ones still serve.
      return;
    }
    if (String(tls.cert) === before) return;
    before = String(tls.cert);
    take(tls);
  }, renewMs);
  return timer.unref();
}

const checked = new WeakMap<Socket, boolean>();

/** Whether a request at the internal door comes from the account process, by its client certificate. */
export function isFromAccount({ socket }: IncomingMessage): boolean {
  const known = checked.get(socket);
  if (known !== undefined) return known;
  const is = identityOf((socket as TLSSocket).getPeerCertificate()) === 'account';
  checked.set(socket, is);
  return is;
}
