import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { hold } from './claim.ts';
import type { Person } from './person.ts';
import { within } from './within.ts';

export interface Receipt {
  readonly requested_on: string;
  readonly deleted_on: string;
  readonly messages_unreadable_since: string;
  readonly backups_unreadable_since: string;
  readonly removed: Readonly<Record<string, number>>;
}

interface SignedReceipt {
  readonly receipt: Receipt;
  readonly jws: { readonly protected: string; readonly payload: string; readonly signature: string } | null;
}

/** Asks for the deletion of an account; the address of the receipt. */
export async function requestDeletion(person: Person): Promise<string> {
  return new URL((await person.json<{ receipt_url: string }>('DELETE', '/api/account')).receipt_url).pathname;
}

/** Waits for the receipt and checks its signature with the key that is published. */
export async function readReceipt(person: Person, path: string): Promise<Receipt> {
  let text = '';
  await within(60_000, 'the receipt is written', async () => {
    // The process may be away.
    const response = await person.send('GET', path).catch(() => undefined);
    if (response?.status !== 200) return false;
    text = await response.text();
    return true;
  });
  const { receipt, jws } = JSON.parse(text) as SignedReceipt;
  const { keys } = await person.json<{ keys: (JsonWebKey & { kid: string })[] }>('GET', '/.well-known/tacet-keys');
  const decode = (part: string) => Buffer.from(part, 'base64url');
  hold(jws !== null, 'the receipt is not signed');
  const { kid } = JSON.parse(decode(jws.protected).toString()) as { kid: string };
  const key = createPublicKey({ key: keys.find((candidate) => candidate.kid === kid) ?? {}, format: 'jwk' });
  hold(verify(null, Buffer.from(`${jws.protected}.${jws.payload}`), key, decode(jws.signature)), 'the signature of the receipt does not hold');
  hold(decode(jws.payload).toString() === JSON.stringify(receipt), 'what is signed is not what is shown');
  return receipt;
}
