import { readSecretFile } from '@tacet/service';
import { createTransport } from 'nodemailer';
import { isLoopback } from '../config.ts';
import type { MailCarrier } from './mail.ts';

const connectMs = 10_000;
const answerMs = 10_000;

/**
 * Sends by SMTP. The file holds one URL (`smtps://user:password@host:465` or `smtp://…:587`); without TLS from the
 * start, STARTTLS is required unless the server is on loopback. Throws an `Error` that names the variable.
 */
export function openSmtpCarrier(urlFile: string, from: string): MailCarrier {
  const variable = 'TACET_ACCOUNT_SMTP_URL_FILE';
  const url = URL.parse(readSecretFile(variable, urlFile));
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || url.hostname === '')
    throw new Error(`${variable}: must hold smtp://… or smtps://…`);
  const secure = url.protocol === 'smtps:';
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !isLoopback(url.hostname),
    ...(url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  });
  return {
    deliver: async ({ to, subject, text }) => {
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
    },
    sweep: async () => undefined,
    close: () => transport.close(),
  };
}
