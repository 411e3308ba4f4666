/**
 * Goal: the same records are the same ledger, however they travel. Method: outboxes of random records are delivered in random
 * batches, with parts repeated, left out and reordered, until everything is applied; the books must be those of the twin, which
 * takes each record once and in order. Poor accounts have one edge: what comes late then depends on nothing but the sequence.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { partitionOf, type UsageRecord } from '@tacet/usage';
import { encode, makeId, TestEdge, uuid } from './support/make.ts';
import { openAccount } from './support/open-account.ts';
import { openBilling, type OpenBilling } from './support/open-billing.ts';
import { propertyOptions } from './support/property-options.ts';
import { readBooks, twinBooks } from './twin/compare-books.ts';
import { LedgerTwin } from './twin/ledger-twin.ts';
import { worldPrices } from './twin/twin-world.ts';

let billing: OpenBilling;

beforeAll(async () => {
  billing = await openBilling();
  for (const [version, { inputPico, cachedPico, outputPico }] of worldPrices)
    await billing.owner.query("INSERT INTO billing.price VALUES ($1, 'model', $2, $3, $4)", [version, inputPico, cachedPico, outputPico]);
});

afterAll(() => billing.close());

const nat = (max: number) => fc.nat({ max });
const recordShape = fc.record({
  edge: nat(1),
  account: nat(2),
  request: nat(5),
  input: nat(9),
  cached: nat(9),
  output: nat(9),
  reserved: fc.constantFrom(20n, 60n, 500n),
  final: fc.boolean(),
  byKey: fc.boolean(),
});
const delivery = fc.record({ edge: nat(1), from: nat(60), count: nat(20), shuffle: nat(1_000), twice: fc.boolean() });

/** Outboxes with the given records; what an admission fixes follows from edge, account and request. */
function outboxes(
  shapes: readonly {
    edge: number;
    account: number;
    request: number;
    input: number;
    cached: number;
    output: number;
    reserved: bigint;
    final: boolean;
    byKey: boolean;
  }[],
  accounts: readonly Buffer[],
  edges: readonly TestEdge[],
): void {
  const admitted = new Map<string, Partial<UsageRecord>>();
  for (const { edge, account, request, input, cached, output, reserved, final, byKey } of shapes) {
    const at = edge % edges.length;
    const name = `${at} ${account} ${request}`;
    const fixed = admitted.get(name) ?? {
      requestId: makeId(),
      leaseByKey: byKey,
      priceVersion: 1 + (request % 2),
      leaseEpoch: 1 + (request % 3),
    };
    admitted.set(name, fixed);
    edges[at]!.emit(accounts[account]!, {
      ...fixed,
      kind: final ? 'final' : 'checkpoint',
      inputTokens: input,
      cachedTokens: cached,
      outputTokens: output,
      reservedNano: reserved,
    });
  }
}

async function deliver(records: readonly UsageRecord[]): Promise<void> {
  if (records.length > 0) await billing.writer.write(await billing.writer.read(encode(...records)));
}

test.each([
  ['rich accounts and two edges', 2, 1_000_000n],
  ['poor accounts and one edge', 1, 150n],
] as const)(
  '%s: any duplication, loss, order and split of the same records is the same ledger',
  async (_, edgeCount, credit) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(recordShape, { minLength: 5, maxLength: 60, size: 'max' }),
        fc.array(delivery, { maxLength: 15, size: 'max' }),
        async (shapes, deliveries) => {
          const edges = Array.from({ length: edgeCount }, () => new TestEdge());
          const accounts = [await openAccount(billing, credit), await openAccount(billing, credit), await openAccount(billing, credit)];
          outboxes(shapes, accounts, edges);
          for (const { edge, from, count, shuffle, twice } of deliveries) {
            const part = edges[edge % edgeCount]!.outbox.slice(from, from + count);
            const order = part.map((record, at) => ({ record, rank: (at * 7_919 + shuffle) % 101 })).sort((a, b) => a.rank - b.rank);
            await deliver([...order.map(({ record }) => record), ...(twice ? part.slice(0, 3) : [])]);
          }
          // What never arrived is sent again.
          for (const edge of edges) await deliver(edge.outbox);

          const twin = new LedgerTwin(worldPrices);
          for (const accountId of accounts)
            twin.accounts.set(accountId.toString('hex'), { posted: credit, held: 0n, overdraft: 0n, state: 'open' });
          for (const edge of edges) for (const record of edge.outbox) twin.apply([record]);
          const books = await readBooks(
            billing.pool,
            accounts.map(uuid),
            edges.map((edge) => edge.uuid),
          );
          const expected = twinBooks(twin);
          // Two edges reach a rich account in any order: what each request was charged is the same.
          expect(books).toEqual(expected);
          for (const edge of edges)
            for (const accountId of accounts)
              if (edge.seqOf(partitionOf(accountId)) > 0n)
                expect(books['progress']![`${edge.id.toString('hex')} ${partitionOf(accountId)}`]).toBe(
                  edge.seqOf(partitionOf(accountId)).toString(),
                );
        },
      ),
      propertyOptions(60),
    );
  },
  600_000,
);
