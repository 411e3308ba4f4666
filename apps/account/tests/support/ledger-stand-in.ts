import { TacetError, type ErrorCode } from '@tacet/errors';
import { offer, startRpcServer, type RpcServer, type TlsFiles } from '@tacet/rpc';
import type { StatementLine } from '@tacet/rpc/types/ledger/v1/StatementLine';
import type { AutoTopUp } from '@tacet/rpc/types/ledger/v1/AutoTopUp';
import type { CreateCheckoutRequest } from '@tacet/rpc/types/ledger/v1/CreateCheckoutRequest';
import type { Transfer } from '@tacet/rpc/types/ledger/v1/Transfer';
import type { UsageRow } from '@tacet/rpc/types/ledger/v1/UsageRow';

/** Stands in for billing at the wire: it knows which accounts it opened, and answers the usage that a test gives it. */
export class LedgerStandIn {
  readonly opened = new Set<string>();
  readonly suspended = new Set<string>();
  readonly closeCalls: boolean[] = [];
  readonly calls: string[] = [];
  usage: UsageRow[] = [];
  transfers: Transfer[] = [];
  /** What CreateCheckout was asked for. */
  readonly purchases: CreateCheckoutRequest[] = [];
  autoTopUp: AutoTopUp | null = null;
  statement: StatementLine[] = [];
  readonly statementRequests: { readonly fromMs: string; readonly toMs: string }[] = [];
  /** CloseAccount says so many times that leases are open. */
  openLeases = 0;
  failWith: ErrorCode | undefined;
  before: (rpc: string) => Promise<void> = async () => undefined;
  #server: RpcServer | undefined;

  get port(): number {
    return this.#server?.port ?? 0;
  }

  async start(tls: TlsFiles, port: number): Promise<void> {
    const account = ['account'] as const;
    const nobody = [] as const;
    const refuse = async () => {
      throw new TacetError('rpc_not_allowed');
    };
    const nobodys = {
      OpenEdgeSession: nobody,
      Heartbeat: nobody,
      SetLease: nobody,
      AppendUsage: nobody,
      GrantCredit: nobody,
      SetOverdraft: nobody,
      ApplyPrices: nobody,
      CheckLedger: nobody,
      CorrectBalance: nobody,
      RefundTopUp: nobody,
      GetGeneration: nobody,
      GetKeySpend: nobody,
      RetryDeadLetters: nobody,
      ListDeadLetters: nobody,
    };
    const refused = {
      OpenEdgeSession: refuse,
      Heartbeat: refuse,
      SetLease: refuse,
      AppendUsage: refuse,
      GrantCredit: refuse,
      SetOverdraft: refuse,
      ApplyPrices: refuse,
      CheckLedger: refuse,
      CorrectBalance: refuse,
      RefundTopUp: refuse,
      GetGeneration: refuse,
      GetKeySpend: refuse,
      RetryDeadLetters: refuse,
      // oxlint-disable-next-line require-yield -- it refuses before it could yield anything.
      ListDeadLetters: async function* () {
        await refuse();
      },
    };
    const accounts = {
      OpenAccount: account,
      GetBalance: account,
      ListUsage: account,
      ListTransfers: account,
      ListStatement: account,
      CreateCheckout: account,
      CreatePortal: account,
      SetAutoTopUp: account,
      GetPayments: account,
      CloseAccount: account,
      ForgetAccount: account,
      SuspendAccount: account,
    };
    const ledger = offer('Ledger', { ...nobodys, ...accounts }, { ...refused, ...this.#handlers() });
    this.#server = await startRpcServer({ host: '127.0.0.1', port, tls, onInternalError: () => undefined }, [ledger]);
  }

  async stop(): Promise<void> {
    await this.#server?.stop(100);
    this.#server = undefined;
  }

  #handlers() {
    const known = async (rpc: string, accountId: Buffer) => {
      await this.#enter(rpc);
      const id = accountId.toString('hex');
      if (!this.opened.has(id)) throw new TacetError('not_found');
      return id;
    };
    return {
      OpenAccount: async ({ accountId }: { accountId: Buffer }) => {
        await this.#enter('OpenAccount');
        this.opened.add(accountId.toString('hex'));
        return {};
      },
      GetBalance: async ({ accountId }: { accountId: Buffer }) => {
        const id = await known('GetBalance', accountId);
        return {
          accountId,
          postedNano: '5000000000',
          heldNano: '1000',
          overdraftNano: '0',
          availableNano: '4999999000',
          suspended: this.suspended.has(id),
        };
      },
      ListUsage: (request: { accountId: Buffer; fromMs: string; toMs: string; requestsMax: number }) => this.#listUsage(request),
      ListTransfers: (request: { accountId: Buffer }) => this.#listTransfers(request),
      ListStatement: (request: { accountId: Buffer; fromMs: string; toMs: string }) => this.#listStatement(request),
      ...this.#payments(known),
      CloseAccount: async ({ accountId, force }: { accountId: Buffer; force: boolean }) => {
        await known('CloseAccount', accountId);
        this.closeCalls.push(force);
        const closed = force || this.openLeases-- <= 0;
        return { closed, openLeases: closed ? 0 : 1 };
      },
      ForgetAccount: async ({ accountId }: { accountId: Buffer }) => {
        this.opened.delete(await known('ForgetAccount', accountId));
        return { removed: { balance: 1, usage_request: 3 }, forfeitedNano: '7' };
      },
      SuspendAccount: async ({ accountId, suspended }: { accountId: Buffer; suspended: boolean }) => {
        const id = await known('SuspendAccount', accountId);
        if (suspended) this.suspended.add(id);
        else this.suspended.delete(id);
        return { accountId, suspended };
      },
    };
  }

  #payments(known: (rpc: string, accountId: Buffer) => Promise<string>) {
    const payments = () => ({ open: true, customer: this.purchases.length > 0, debtNano: '0', autoTopUp: this.autoTopUp });
    return {
      CreateCheckout: async (request: CreateCheckoutRequest & { accountId: Buffer }) => {
        await known('CreateCheckout', request.accountId);
        this.purchases.push(request);
        return { url: 'https://checkout.example.test/cs_1', sessionId: 'cs_1', expiresAtMs: '1700000000000' };
      },
      CreatePortal: async ({ accountId, returnUrl }: { accountId: Buffer; returnUrl: string }) => {
        await known('CreatePortal', accountId);
        return { url: `https://portal.example.test/?return=${encodeURIComponent(returnUrl)}` };
      },
      SetAutoTopUp: async ({ accountId, autoTopUp }: { accountId: Buffer; autoTopUp: AutoTopUp | null }) => {
        await known('SetAutoTopUp', accountId);
        this.autoTopUp = autoTopUp;
        return payments();
      },
      GetPayments: async ({ accountId }: { accountId: Buffer }) => {
        await known('GetPayments', accountId);
        return payments();
      },
    };
  }

  async *#listUsage({ fromMs, toMs, requestsMax }: { fromMs: string; toMs: string; requestsMax: number }): AsyncGenerator<UsageRow> {
    await this.#enter('ListUsage');
    // As billing does: by the time in the id, the newest id first.
    const idOf = (row: UsageRow) => Buffer.from((row.request?.requestId ?? '') as Buffer).toString('hex');
    const at = (row: UsageRow) => Number.parseInt(idOf(row).slice(0, 12), 16);
    const requests = this.usage
      .filter((row) => row.request && at(row) >= Number(fromMs) && (Number(toMs) === 0 || at(row) < Number(toMs)))
      .sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1));
    yield* requests.slice(0, requestsMax || undefined);
    yield* this.usage.filter((row) => row.period);
  }

  async *#listTransfers(_request: { accountId: Buffer }): AsyncGenerator<Transfer> {
    await this.#enter('ListTransfers');
    yield* this.transfers;
  }

  async *#listStatement({ fromMs, toMs }: { fromMs: string; toMs: string }): AsyncGenerator<StatementLine> {
    await this.#enter('ListStatement');
    this.statementRequests.push({ fromMs, toMs });
    yield* this.statement;
  }

  async #enter(rpc: string): Promise<void> {
    this.calls.push(rpc);
    await this.before(rpc);
    if (this.failWith) throw new TacetError(this.failWith);
  }
}
