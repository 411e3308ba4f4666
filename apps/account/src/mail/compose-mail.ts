import type { Mail } from './mail.ts';

/** Mailed tokens live this long and work once. */
export const emailTokenMs = 15 * 60_000;

const footer = '\n\nIf this was not you, do nothing.\n';

/**
 * The mail behind a sign-up. The token stands behind `#`, which browsers never send to a server, so it is in no
 * access log, and following the link alone (as mail scanners do) does nothing.
 */
export function verifyMail(to: string, publicOrigin: string, plaintextToken: string): Mail {
  const link = `${publicOrigin}/verify#token=${plaintextToken}`;
  return {
    kind: 'verify',
    to,
    subject: 'Confirm your address',
    text: `Open this link within 15 minutes to confirm your address and sign in:\n\n${link}${footer}`,
  };
}

/** Tells the owner of an account that somebody signed up with its address. */
export function alreadyRegisteredMail(to: string, publicOrigin: string): Mail {
  return {
    kind: 'already_registered',
    to,
    subject: 'You already have an account',
    text:
      `Somebody signed up with your address at ${publicOrigin}, where you already have an account. ` +
      `Sign in there, or ask for a new password.${footer}`,
  };
}

/** Tells that an address is still held by an account that is being deleted. */
export function deletingMail(to: string, publicOrigin: string): Mail {
  return {
    kind: 'deleting',
    to,
    subject: 'Your account is being deleted',
    text:
      `Somebody signed up with your address at ${publicOrigin}, while your account there is being deleted. ` +
      `Sign up again in some minutes.${footer}`,
  };
}

/** The mail behind a forgotten password. */
export function resetMail(to: string, publicOrigin: string, plaintextToken: string): Mail {
  const link = `${publicOrigin}/reset#token=${plaintextToken}`;
  return {
    kind: 'reset',
    to,
    subject: 'Set a new password',
    text: `Open this link within 15 minutes to set a new password:\n\n${link}${footer}`,
  };
}
