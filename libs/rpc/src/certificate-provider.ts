import type { experimental } from '@grpc/grpc-js';
import type { TlsFiles } from './tls.ts';
import { TlsFolder } from './tls-folder.ts';

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/**
 * Certificates in the form in which grpc-js takes ones that may be renewed (experimental there, hence in this one
 * file). Each listener is told in the same turn, and again after each renewal of a `TlsFolder`.
 */
export class CertificateProvider implements experimental.CertificateProvider {
  readonly #tls: TlsFiles;
  readonly #renewals = new Map<CaListener | IdentityListener, () => void>();

  constructor(tls: TlsFiles) {
    this.#tls = tls;
  }

  addCaCertificateListener(listener: CaListener): void {
    this.#add(listener, () => listener({ caCertificate: this.#tls.authority }));
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.#remove(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.#add(listener, () => listener({ certificate: this.#tls.certificate, privateKey: this.#tls.key }));
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.#remove(listener);
  }

  #add(listener: CaListener | IdentityListener, tell: () => void): void {
    this.#renewals.set(listener, tell);
    // Not at once: a server adds its listener before the watcher that the listener is to tell.
    queueMicrotask(tell);
    if (this.#tls instanceof TlsFolder) this.#tls.onRenewed(tell);
  }

  #remove(listener: CaListener | IdentityListener): void {
    const tell = this.#renewals.get(listener);
    if (tell && this.#tls instanceof TlsFolder) this.#tls.offRenewed(tell);
    this.#renewals.delete(listener);
  }
}
