import { createPrivateKey, X509Certificate } from 'node:crypto';
import { identityOf, readTlsFolder, type TlsFiles } from '@tacet/rpc';
import { sentences } from '../failure.ts';
import { settingNames, type Settings } from '../settings.ts';
import { failed, ok, skipped, type Check } from './check.ts';
import { describeValidity } from './describe-validity.ts';

const name = 'own certificate';

/** The operator's certificate: whether it can be read, fits its key, speaks for the operator, is of its authority, and is valid now. */
export function checkOwnCertificate({ tlsDir }: Settings, nowMs: number): Check {
  if (tlsDir === undefined)
    return skipped(name, 'no folder is known', `Give ${settingNames.tlsDir.flag} or set ${settingNames.tlsDir.variable}.`);
  let files: TlsFiles;
  let certificate: X509Certificate;
  let authority: X509Certificate;
  let fits: boolean;
  try {
    files = readTlsFolder(tlsDir);
    certificate = new X509Certificate(files.certificate);
    authority = new X509Certificate(files.authority);
    fits = certificate.checkPrivateKey(createPrivateKey(files.key));
  } catch (error) {
    return failed(name, sentences(error), `Put tls.crt, tls.key and ca.crt of the identity operator, as PEM, into ${tlsDir}.`);
  }
  const again = 'Issue the certificate again.';
  if (!fits) return failed(name, 'tls.key is not the key of tls.crt', again);
  const identity = identityOf({ subjectaltname: certificate.subjectAltName ?? '' });
  if (identity !== 'operator')
    return failed(
      name,
      `speaks for ${identity ?? 'nobody'}, not for operator`,
      'Issue a certificate whose one URI name is tacet://operator.',
    );
  if (!certificate.verify(authority.publicKey))
    return failed(name, 'is not signed by ca.crt', 'Take tls.crt and ca.crt from the same authority.');
  const validity = describeValidity(certificate.validFromDate.getTime(), certificate.validToDate.getTime(), nowMs);
  return validity.valid ? ok(name, `tacet://operator, ${validity.text}`) : failed(name, validity.text, again);
}
