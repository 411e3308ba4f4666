import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperatorClients } from '@tacet/constellation';
import { formatUsd } from '@tacet/pricing';

const fileName = 'owner.json';
const email = 'demo@tacet.example';
const creditNano = 5_000_000_000n;
const keyName = 'npm start';

/** The account that the launcher makes, as it stands in `DATA/owner.json` (0600). */
export interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly apiKey: string;
}

interface OwnerFile {
  readonly email: string;
  readonly password: string;
  /** Hex; the credit is granted under it once, however often it is tried. */
  readonly grantId: string;
  /** Hex. Missing until the account is made. */
  readonly accountId?: string;
  readonly keyId?: string;
  readonly apiKey?: string;
}

/**
 * Finds the demo account and its key, or makes what is missing of them: an account that was deleted is made anew, a
 * key that was revoked is replaced. Each step is written down first, so that a start that is killed can be repeated.
 */
export async function ensureDemoAccount(folder: string, { accounts, ledger }: Pick<OperatorClients, 'accounts' | 'ledger'>): Promise<DemoAccount & { readonly told: string }> {
  const file = join(folder, fileName);
  let owner = (await readOwner(file)) ?? (await writeOwner(file, newOwner()));
  const found = await accounts.ListAccounts({ email: owner.email });
  const [existing] = found.accounts;
  if (existing === undefined && owner.accountId !== undefined) owner = await writeOwner(file, newOwner());
  const account = existing ?? (await accounts.CreateAccount({ email: owner.email, password: owner.password }));
  const accountId = account.accountId.toString('hex');
  if (owner.accountId !== accountId) owner = await writeOwner(file, { ...owner, accountId });
  await ledger.GrantCredit({ accountId: account.accountId, amountNano: creditNano.toString(), grantId: Buffer.from(owner.grantId, 'hex') });
  const known = await findKey(accounts, account.accountId, owner.keyId);
  const usable = known !== undefined && known.revokedAtMs === '0' ? owner.apiKey : undefined;
  const apiKey = usable ?? (await makeKey(accounts, account.accountId, file, owner));
  const { availableNano } = await ledger.GetBalance({ accountId: account.accountId });
  return { email: owner.email, password: owner.password, apiKey, told: `${owner.email}, $${formatUsd(BigInt(availableNano))}${usable === undefined ? ', a new API key' : ''}` };
}

function newOwner(): OwnerFile {
  return { email, password: randomBytes(15).toString('base64url'), grantId: randomBytes(16).toString('hex') };
}

async function makeKey(accounts: OperatorClients['accounts'], accountId: Buffer, file: string, owner: OwnerFile): Promise<string> {
  const { key, plaintextKey } = await accounts.CreateKey({ accountId, name: keyName });
  await writeOwner(file, { ...owner, keyId: key?.keyId.toString('hex') ?? '', apiKey: plaintextKey });
  return plaintextKey;
}

async function findKey(accounts: OperatorClients['accounts'], accountId: Buffer, keyId: string | undefined) {
  if (keyId === undefined) return undefined;
  for (let after: Buffer = Buffer.alloc(0); ; ) {
    const { keys, next } = await accounts.ListKeys({ accountId, after, pageSize: 1_000 });
    const key = keys.find((candidate) => candidate.keyId.toString('hex') === keyId);
    if (key !== undefined || next.length === 0) return key;
    after = next;
  }
}

async function readOwner(file: string): Promise<OwnerFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as OwnerFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written whole or not at all. */
async function writeOwner(file: string, owner: OwnerFile): Promise<OwnerFile> {
  await writeFile(`${file}.new`, `${JSON.stringify(owner, undefined, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return owner;
}
