import { randomBytes } from 'node:crypto';
import { makeId, TestEdge } from './make.ts';
import { startLedger, type LedgerClient, type StartedLedger } from './start-ledger.ts';

/** A model for price lists. */
export const testModel = { modelId: 'llama', contextTokens: 8_192, outputDefault: 512, overheadTokens: 16, mediaTokensMax: 1_024 };

/** What a SetLease may name beside its lease. */
export interface LeaseOptions {
  readonly keyId?: Buffer;
  readonly epoch?: number;
  readonly day?: bigint;
  readonly month?: bigint;
  readonly total?: bigint;
}

/** Billing in this process, a client for each of its callers, and what tests do with them all the time. */
export class LedgerDoor {
  readonly ledger: StartedLedger;
  readonly edge: LedgerClient;
  readonly account: LedgerClient;
  readonly operator: LedgerClient;
  /** Of `testModel`: 3, 1 and 7 nano-USD a token. */
  readonly priceVersion: number;

  constructor(ledger: StartedLedger, clients: readonly [LedgerClient, LedgerClient, LedgerClient], priceVersion: number) {
    this.ledger = ledger;
    [this.edge, this.account, this.operator] = clients;
    this.priceVersion = priceVersion;
  }

  static async open(): Promise<LedgerDoor> {
    const ledger = await startLedger();
    const clients = [await ledger.as('edge'), await ledger.as('account'), await ledger.as('operator')] as const;
    const { models } = await clients[2].ApplyPrices({
      models: [{ model: testModel, inputPico: '3000', cachedPico: '1000', outputPico: '7000' }],
    });
    return new LedgerDoor(ledger, clients, models[0]!.priceVersion);
  }

  async newAccount(nano: bigint): Promise<Buffer> {
    const accountId = makeId();
    await this.account.OpenAccount({ accountId });
    if (nano > 0n) await this.operator.GrantCredit({ accountId, amountNano: nano.toString(), grantId: randomBytes(16) });
    return accountId;
  }

  async newEdge(): Promise<TestEdge> {
    const one = new TestEdge();
    await this.edge.OpenEdgeSession({ edgeId: one.id, epoch: 1, base: [] });
    return one;
  }

  setLease(of: TestEdge, accountId: Buffer, version: number, target: bigint, more: LeaseOptions = {}) {
    const request = {
      edgeId: of.id,
      epoch: more.epoch ?? 1,
      target: { lease: { accountId, keyId: more.keyId ?? Buffer.alloc(0) }, version, targetGrantedNano: target.toString() },
      keyLimitDayNano: (more.day ?? 0n).toString(),
      keyLimitMonthNano: (more.month ?? 0n).toString(),
      keyLimitTotalNano: (more.total ?? 0n).toString(),
    };
    // Thousands at once, on a machine that has other things to do.
    return this.edge.SetLease(request, { deadlineMs: 60_000 });
  }

  async balance(accountId: Buffer) {
    const { postedNano, heldNano, availableNano, suspended } = await this.account.GetBalance({ accountId });
    return { posted: BigInt(postedNano), held: BigInt(heldNano), available: BigInt(availableNano), suspended };
  }

  /** Invariants that do not hold. */
  async brokenInvariants() {
    const { invariants } = await this.operator.CheckLedger({}, { deadlineMs: 60_000 });
    return invariants.filter(({ holds }) => !holds);
  }
}

/** All of a stream. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}
