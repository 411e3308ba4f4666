import { randomBytes } from 'node:crypto';
import { freePort } from '@tacet/servers';
import { startStripeFake, type StripeFake } from '@tacet/stripe-fake';
import { eventually } from '@tacet/testing';
import { customerAccount } from '../../src/ledger/balance.ts';
import { uuid } from './make.ts';
import { LedgerDoor } from './ledger-door.ts';
import { startLedger, type LedgerClient } from './start-ledger.ts';

export const webhookSecret = 'whsec_of_the_test';

/** A dollar in nano-USD. */
export const usd = 1_000_000_000n;

const urls = { successUrl: 'https://tacet.example.test/settings', cancelUrl: 'https://tacet.example.test/settings' };

/** Billing in this process, with its webhook and a Stripe that is played. */
export class PaymentsDoor extends LedgerDoor {
  readonly stripe: StripeFake;
  readonly webhookUrl: string;

  constructor(ledger: LedgerDoor, stripe: StripeFake, webhookUrl: string) {
    super(ledger.ledger, [ledger.edge, ledger.account, ledger.operator], ledger.priceVersion);
    this.stripe = stripe;
    this.webhookUrl = webhookUrl;
  }

  static async openWithStripe(): Promise<PaymentsDoor> {
    const webhookPort = await freePort();
    const webhookUrl = `http://127.0.0.1:${webhookPort}/webhook`;
    const stripe = await startStripeFake({ webhook: { url: webhookUrl, secret: webhookSecret }, retryMs: Array.from({ length: 500 }, () => 50) });
    const ledger = await startLedger({
      stripe: { apiKey: stripe.apiKey, webhookSecrets: ['whsec_older', webhookSecret], apiUrl: stripe.url, webhookPort },
    });
    const clients = [await ledger.as('edge'), await ledger.as('account'), await ledger.as('operator')] as const;
    return new PaymentsDoor(new LedgerDoor(ledger, clients, 1), stripe, webhookUrl);
  }

  async close(): Promise<void> {
    await this.ledger.stop();
    await this.stripe.stop();
  }

  /** A Checkout Session for a purchase. */
  async checkout(accountId: Buffer, nano: bigint, more: Partial<Parameters<LedgerClient['CreateCheckout']>[0]> = {}): Promise<string> {
    const { sessionId } = await this.account.CreateCheckout({
      accountId,
      requestId: randomBytes(16),
      amountNano: nano.toString(),
      ...urls,
      ...more,
    });
    return sessionId;
  }

  /** Buys credit and waits for it. */
  async buy(accountId: Buffer, nano: bigint): Promise<string> {
    const session = await this.checkout(accountId, nano);
    this.stripe.completeCheckout(session);
    await this.settled();
    return session;
  }

  /** Everything that Stripe has told was looked at, and what follows from it, too. */
  async settled(): Promise<void> {
    await this.stripe.delivered();
    await eventually('all events are looked at', async () => (await this.waiting()) === 0n);
  }

  async waiting(): Promise<bigint> {
    const { rows } = await this.ledger.owner.query<{ count: bigint }>('SELECT count(*) AS count FROM billing.stripe_event WHERE outcome IS NULL');
    return rows[0]!.count;
  }

  /** What every account of the ledger has, but the other customers'. */
  async books(accountId: Buffer): Promise<Record<string, bigint>> {
    const { rows } = await this.ledger.owner.query<{ name: string; balance: string }>(
      `SELECT name, ((SELECT coalesce(sum(amount), 0) FROM billing.ledger_transfer WHERE credit_account = name)
                   - (SELECT coalesce(sum(amount), 0) FROM billing.ledger_transfer WHERE debit_account = name))::text AS balance
         FROM billing.ledger_account WHERE name NOT LIKE 'customer:%' OR name = $1`,
      [customerAccount(uuid(accountId))],
    );
    return Object.fromEntries(rows.map(({ name, balance }) => [name.startsWith('customer:') ? 'customer' : name, BigInt(balance)]));
  }

  /** How the books change while something is done. */
  async change(accountId: Buffer, work: () => Promise<unknown>): Promise<Record<string, bigint>> {
    const before = await this.books(accountId);
    await work();
    const after = await this.books(accountId);
    return Object.fromEntries(
      Object.entries(after)
        .map(([name, balance]) => [name, balance - (before[name] ?? 0n)] as const)
        .filter(([, change]) => change !== 0n),
    );
  }

  /** Takes money from the account as usage would. */
  async spend(accountId: Buffer, nano: bigint): Promise<void> {
    const correctionId = randomBytes(16);
    await this.operator.CorrectBalance({ accountId, amountNano: (-nano).toString(), correctionId, counterpart: 'revenue:usage' });
  }
}
