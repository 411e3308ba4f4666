import { setTimeout as sleep } from 'node:timers/promises';
import type { Background } from '../background.ts';
import type { AccountEvents } from '../events.ts';
import type { Mail, MailCarrier } from './mail.ts';

const attemptsMax = 3;
const firstWaitMs = 2_000;

/** Sends mail behind the answer of the request that caused it. */
export interface Mailer {
  /** Returns at once. A mail that three attempts do not deliver is given up and reported: people ask again. */
  send(mail: Mail): void;
}

/** Makes a mailer; without a carrier (no SMTP, no folder) nothing is ever sent. */
export function createMailer(carrier: MailCarrier | undefined, background: Background, events: AccountEvents): Mailer {
  return {
    send: (mail) => {
      if (!carrier) return;
      const taken = background.run('mail', (signal) => deliver(carrier, mail, events, signal));
      if (!taken) events.mailFailed(mail.kind, undefined);
    },
  };
}

async function deliver(carrier: MailCarrier, mail: Mail, events: AccountEvents, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await carrier.deliver(mail);
      return events.mailSent(mail.kind);
    } catch (error) {
      if (attempt === attemptsMax || signal.aborted) return events.mailFailed(mail.kind, error);
    }
    // An abort only shortens the wait: the last attempt is still made.
    await sleep(firstWaitMs * attempt, undefined, { signal }).catch(() => undefined);
  }
}
