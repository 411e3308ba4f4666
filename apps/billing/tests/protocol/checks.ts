import { cost, nameOf } from './edge-model.ts';
import { keyLimit, overdrafts } from './real-billing.ts';
import { Violation } from './truth.ts';
import { allowed, uuidOf, type World } from './world.ts';

/** After everything that billing does: what is held is leased, nobody overspends, losses are explained, key limits hold. */
export async function checkBooks(world: World): Promise<void> {
  const balances = await world.billing.balances();
  const rows = await world.billing.leases();
  const hold = ({ granted, spent }: { granted: bigint; spent: bigint }) => (granted > spent ? granted - spent : 0n);
  for (const [account, { posted, held, late }] of balances.entries()) {
    const leased = rows.filter((row) => row.account === account).reduce((sum, row) => sum + hold(row), 0n);
    if (held !== leased) throw new Violation(`account ${account}: held ${held}, leases ${leased}`);
    if (posted - held < -overdrafts[account]!) throw new Violation(`account ${account}: posted ${posted}, held ${held}`);
    if (late > world.lateExplained[account]!)
      throw new Violation(`account ${account}: loss:late ${late}, explained ${world.lateExplained[account]}`);
  }
  const spent = (await world.billing.keySpent()) + rows.filter((row) => row.byKey).reduce((sum, row) => sum + hold(row), 0n);
  if (spent > keyLimit + world.slack[0]!) throw new Violation(`the key spent and holds ${spent} of ${keyLimit}`);
}

/** Once a step: nobody receives more than the account ever had, and what forgotten grants, released holds and lost ticks explain. */
export function checkDelivered(world: World): void {
  for (const account of [0, 1]) {
    let delivered = 0n;
    let noLogQuarters = 0;
    for (const truth of world.truths.values()) {
      if (truth.account !== account) continue;
      const [input, cached, output] = truth.counts;
      // No-log is rounded once a total, not once a request.
      if (truth.noLog) noLogQuarters += truth.price === 1 ? 3 * input + cached + 7 * output : 4 * input + cached + 9 * output;
      else delivered += cost(truth.price, truth.counts);
    }
    delivered += BigInt(Math.floor(noLogQuarters / 4));
    if (delivered > allowed(world, account))
      throw new Violation(`account ${account}: delivered ${delivered} of ${allowed(world, account)}`);
  }
}

/** At rest: every request is charged what was received, every hold is gone, and every nano-dollar is explained. */
export async function checkRest(world: World): Promise<void> {
  const requests = await world.billing.requests();
  for (const [name, truth] of world.truths) {
    if (truth.edge.lost || truth.noLog) continue;
    const owed = cost(truth.price, truth.tick ? truth.recorded : truth.counts);
    if ((requests.get(uuidOf(truth.requestId)) ?? 0n) !== owed)
      throw new Violation(`request ${name}: charged ${requests.get(uuidOf(truth.requestId))}, received ${owed}`);
    if (truth.counts[2] - truth.recorded[2] > (truth.tick ? 1 : 0))
      throw new Violation(`request ${name}: more than a tick was not recorded`);
  }
  await checkNoLog(world);
  for (const [account, { held }] of (await world.billing.balances()).entries())
    if (held !== 0n) throw new Violation(`account ${account}: ${held} is held at rest`);
  const sessions = await world.billing.sessions();
  const rows = await world.billing.leases();
  for (const row of rows) {
    const session = sessions.get(row.edge);
    if (row.granted > row.spent && (session?.epoch !== row.epoch || session.released))
      throw new Violation('a lease of a dead epoch holds money');
  }
  for (const edge of world.edges.filter((one) => !one.lost)) {
    for (const lease of edge.leases.values()) {
      const row = rows.find(
        (one) =>
          one.edge === edge.edge.uuid && one.epoch === edge.epoch && one.account === lease.name.account && one.byKey === lease.name.byKey,
      );
      if (lease.got > (row?.granted ?? 0n))
        throw new Violation(`edge ${edge.index} believes in ${lease.got} of ${nameOf(lease.name)}, billing in ${row?.granted}`);
    }
  }
  const broken = await world.billing.brokenInvariants();
  if (broken.length > 0) throw new Violation(`invariants ${broken.join(', ')} do not hold`);
}

/** No-log: totals are the sums of their requests, and Σ periods = charge of the totals of all epochs, while no disk was lost. */
async function checkNoLog(world: World): Promise<void> {
  const expected = new Map<string, bigint>();
  for (const edge of world.edges) {
    const sums = [0, 1, 2].map((at) => [...edge.totals.values()].reduce((sum, { counts }) => sum + counts[at]!, 0));
    const truths = [...world.truths.values()].filter((truth) => truth.noLog && truth.edge === edge);
    const recorded = [0, 1, 2].map((at) => truths.reduce((sum, truth) => sum + truth.recorded[at]!, 0));
    if (!edge.lost && String(sums) !== String(recorded))
      throw new Violation(`edge ${edge.index}: no-log totals ${sums.join(' ')}, requests ${recorded.join(' ')}`);
    for (const { lease, price, counts } of edge.totals.values())
      expected.set(`${nameOf(lease)} ${price}`, (expected.get(`${nameOf(lease)} ${price}`) ?? 0n) + cost(price, counts));
  }
  if (world.edges.some((edge) => edge.lost)) return;
  const charges = await world.billing.noLogCharges();
  for (const [name, owed] of expected)
    if ((charges.get(name) ?? 0n) !== owed) throw new Violation(`no-log ${name}: charged ${charges.get(name)}, totals cost ${owed}`);
}
