import { randomBytes } from 'node:crypto';
import { parseUsd } from '@tacet/pricing';
import type { Limits } from '@tacet/rpc/types/directory/v1/Limits';
import { stringify } from 'uuid';
import type { OperatorClients } from './operator-clients.ts';

export interface CreateAccountOptions {
  /** Credit, as a decimal string of USD; `5` unless given, `0` for none. */
  readonly creditUsd?: string;
  readonly email?: string;
  readonly password?: string;
  /** Of the first API key. */
  readonly noLog?: boolean;
  readonly models?: readonly string[];
  readonly limits?: Limits;
}

/** An account for a test, with its first API key. */
export interface TestAccount {
  readonly accountId: string;
  /** As rpcs take it. */
  readonly accountIdBytes: Buffer;
  readonly email: string;
  readonly password: string;
  readonly keyId: string;
  readonly keyIdBytes: Buffer;
  readonly publicId: string;
  readonly apiKey: string;
}

/** Makes a verified account, credits it, and makes its first API key, as an operator does. */
export async function createAccount({ accounts, ledger }: OperatorClients, options: CreateAccountOptions = {}): Promise<TestAccount> {
  const { creditUsd = '5', email = `${randomBytes(6).toString('hex')}@example.test`, password = randomBytes(12).toString('base64url') } = options;
  // The processes behind it may be starting still.
  const deadlineMs = 20_000;
  const account = await accounts.CreateAccount({ email, password }, { deadlineMs });
  const amountNano = parseUsd(creditUsd);
  if (amountNano > 0n) await ledger.GrantCredit({ accountId: account.accountId, amountNano: amountNano.toString(), grantId: randomBytes(16) }, { deadlineMs });
  const { noLog = false, models = [], limits = null } = options;
  const { key, plaintextKey } = await accounts.CreateKey({ accountId: account.accountId, name: 'first', noLog, models: [...models], limits }, { deadlineMs });
  if (!key) throw new Error('CreateKey answered without a key');
  const { accountId: accountIdBytes } = account;
  const { keyId: keyIdBytes, publicId } = key;
  return { accountId: stringify(accountIdBytes), accountIdBytes, email, password, keyId: stringify(keyIdBytes), keyIdBytes, publicId, apiKey: plaintextKey };
}
