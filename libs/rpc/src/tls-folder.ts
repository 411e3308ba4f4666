import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readTlsFolder, type TlsFiles } from './tls.ts';

/** How often the folder is looked at again, in milliseconds. By content: mounted secrets are links, which `fs.watch` loses. */
export const tlsRenewMs = 2_000;

/**
 * The certificates of a folder, as they are now: whoever renews them writes the three files anew, and servers and
 * clients that were given this use them for every connection from then on. What is half written or does not fit
 * together is not taken; what was read last keeps serving.
 */
export class TlsFolder implements TlsFiles {
  readonly #folder: string;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #files: TlsFiles;

  constructor(folder: string, renewMs: number) {
    this.#folder = folder;
    this.#files = readTlsFolder(folder);
    this.#timer = setInterval(() => this.refresh(), renewMs).unref();
  }

  get certificate(): Buffer {
    return this.#files.certificate;
  }

  get key(): Buffer {
    return this.#files.key;
  }

  get authority(): Buffer {
    return this.#files.authority;
  }

  /** When the certificate that is used now ends, UTC milliseconds. */
  get expiresAtMs(): number {
    return expiryOf(this.#files.certificate);
  }

  /** Calls `listener` after each renewal. */
  onRenewed(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offRenewed(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Looks at the folder now; true when it held something new that can be used. */
  refresh(): boolean {
    let read: TlsFiles;
    try {
      read = readTlsFolder(this.#folder);
      if (isSame(read, this.#files) || !fitsTogether(read)) return false;
    } catch {
      // Files are missing or half written: the next look finds them whole. `expiresAtMs` tells an operator if not.
      return false;
    }
    this.#files = read;
    for (const listener of this.#listeners) listener();
    return true;
  }

  /** Stops looking. */
  close(): void {
    clearInterval(this.#timer);
    this.#listeners.clear();
  }
}

/** Opens the certificates of a folder and keeps them new. Throws an `Error` that names the missing file. */
export function openTlsFolder(folder: string, renewMs = tlsRenewMs): TlsFolder {
  return new TlsFolder(folder, renewMs);
}

/** When a certificate (PEM, the first of a chain) ends, UTC milliseconds. */
export function expiryOf(certificate: Buffer): number {
  return new X509Certificate(certificate).validToDate.getTime();
}

function isSame(a: TlsFiles, b: TlsFiles): boolean {
  return a.certificate.equals(b.certificate) && a.key.equals(b.key) && a.authority.equals(b.authority);
}

/** Key and certificate are written one after the other: between the two they are no pair. */
function fitsTogether({ certificate, key, authority }: TlsFiles): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key)) && expiryOf(authority) > 0;
}
