import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@tacet/servers';
import { startStripeFake, type StripeFake } from '@tacet/stripe-fake';

const webhookSecret = 'whsec_prove';

/** A payment provider, played at the wire, and the variables that let billing talk to it. */
export interface Payments {
  readonly stripe: StripeFake;
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts it; its secrets go into `folder`. */
export async function startPayments(folder: string): Promise<Payments> {
  const webhookPort = await freePort();
  const retryMs = Array.from({ length: 600 }, () => 100);
  const stripe = await startStripeFake({ webhook: { url: `http://127.0.0.1:${webhookPort}/webhook`, secret: webhookSecret }, retryMs });
  const [keyFile, secretFile] = [join(folder, 'stripe.key'), join(folder, 'stripe.secret')];
  await writeFile(keyFile, stripe.apiKey, { mode: 0o600 });
  await writeFile(secretFile, webhookSecret, { mode: 0o600 });
  const settings = {
    TACET_STRIPE_KEY_FILE: keyFile,
    TACET_STRIPE_WEBHOOK_SECRET_FILE: secretFile,
    TACET_STRIPE_API_URL: stripe.url,
    TACET_BILLING_WEBHOOK_PORT: String(webhookPort),
  };
  return { stripe, settings };
}

/** Asks it for an object, as its own API shows it. */
export async function askStripe(stripe: StripeFake, path: string, form?: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${stripe.url}/v1/${path}`, {
    method: form ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${stripe.apiKey}`, connection: 'close' },
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
  if (!response.ok) throw new Error(`the payment provider answered ${response.status} to ${path.split('/')[0]}`);
  return (await response.json()) as Record<string, unknown>;
}
