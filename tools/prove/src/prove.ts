import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryFolder, startConstellation, type Application } from '@tacet/constellation';
import { ClaimBroken, type Claim, type Mutation } from './claim.ts';
import { startPayments } from './payments.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { openWorld, type World } from './world.ts';

/** `proven`: it holds, and its mutation breaks it. `red`: it does not hold. `unproven`: neither could be shown. */
export type ClaimState = 'proven' | 'red' | 'unproven';

export interface Verdict {
  readonly claim: Claim;
  readonly state: ClaimState;
  /** Why it is not proven; for a proven one what its mutations were caught by. */
  readonly remark: string;
  readonly ms: number;
}

export interface ProveOptions {
  readonly claims: readonly Claim[];
  /** Told of each step. */
  readonly tell: (line: string) => void;
  /** Makes checks in full that take minutes. */
  readonly isLong?: boolean;
}

/** Proves claims, each on the processes as they are and on those that its mutation breaks, on one deployment of its own. */
export async function prove({ claims, tell, isLong = false }: ProveOptions): Promise<readonly Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tacet-prove-'));
  await using cleanup = new AsyncDisposableStack();
  if (process.env['TEST_KEEP'] !== 'yes') cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const [temporary, workshop, sources] = [join(folder, 'temporary'), join(folder, 'workshop'), join(folder, 'sources')];
  for (const made of [temporary, workshop]) await mkdir(made);
  // What the processes put into temporary files lies in one place.
  const inherited = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  cleanup.defer(() => {
    if (inherited === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = inherited;
  });
  tell('starting two PostgreSQL, Kafka, Redis, a worker and the five processes');
  const deployment = join(folder, 'deployment');
  await mkdir(deployment);
  const { stripe, settings } = await startPayments(deployment);
  cleanup.defer(() => stripe.stop());
  const [constellation, scratch] = await Promise.all([startDeployment(deployment, settings), createScratch(repositoryFolder, sources)]);
  cleanup.defer(() => constellation.stop());
  const world = await openWorld(constellation, { stripe, isLong, tell, temporary, workshop });
  cleanup.defer(() => world.close());
  const firsts: Outcome[] = [];
  for (const claim of claims) {
    tell(`${claim.id}: checking`);
    firsts.push(await check(claim, world));
  }
  const verdicts: Verdict[] = [];
  const patched = new Set<Application>();
  for (const [index, claim] of claims.entries()) {
    const first = firsts[index];
    if (!first) continue;
    if (first.kind !== 'holds') {
      verdicts.push({ claim, state: first.kind === 'broken' ? 'red' : 'unproven', remark: first.remark, ms: first.ms });
      continue;
    }
    let verdict: Verdict = { claim, state: 'proven', remark: '', ms: first.ms };
    for (const mutation of [claim.mutation, ...(isLong ? (claim.further ?? []) : [])]) {
      if (verdict.state !== 'proven') break;
      tell(`${claim.id}: checking against ${mutation.what}`);
      const second = await checkMutated(claim, mutation, world, scratch, patched);
      verdict = { claim, ...judge(mutation, second, verdict.remark), ms: verdict.ms + second.ms };
    }
    verdicts.push(verdict);
  }
  return verdicts;
}

async function startDeployment(folder: string, billing: Readonly<Record<string, string>>) {
  return startConstellation({
    mode: 'cluster',
    ownServers: true,
    folder,
    clockOffsetMs: { account: 0, pruner: 0, 'key-service': 0 },
    settings: {
      billing,
      pruner: { TACET_PRUNER_INTERVAL_MS: '1000' },
      'key-service': { TACET_KEYSTORE_BACKUP_DAYS: '0' },
      edge: { TACET_EDGE_BODY_BYTES_MAX: '65536', TACET_EDGE_FIRST_BYTE_MS: '4000' },
    },
  });
}

interface Outcome {
  readonly kind: 'holds' | 'broken' | 'unclear';
  readonly remark: string;
  readonly ms: number;
}

async function check(claim: Claim, world: World): Promise<Outcome> {
  const begun = performance.now();
  const outcome = (kind: Outcome['kind'], remark: string): Outcome => ({ kind, remark, ms: performance.now() - begun });
  try {
    await claim.check(world);
    return outcome('holds', '');
  } catch (error) {
    const remark = error instanceof Error ? error.message : 'something that is no error was thrown';
    if (!(error instanceof ClaimBroken) && process.env['PROVE_STACK'] === 'yes') process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
    return outcome(error instanceof ClaimBroken ? 'broken' : 'unclear', remark);
  }
}

/** Runs the patched processes, and those that an earlier mutation patched as they are. */
async function checkMutated(claim: Claim, { patches, processes }: Mutation, world: World, scratch: Scratch, patched: Set<Application>): Promise<Outcome> {
  const begun = performance.now();
  try {
    await scratch.apply(patches);
    await world.runFrom([...patched].filter((application) => !processes.includes(application)));
    patched.clear();
    for (const application of processes) patched.add(application);
    await world.runFrom(processes, scratch.folder);
    const { kind, remark } = await check(claim, world);
    return { kind, remark, ms: performance.now() - begun };
  } catch (error) {
    return { kind: 'unclear', remark: `its mutation could not be run: ${(error as Error).message.split('\n').slice(0, 2).join(' ')}`, ms: performance.now() - begun };
  } finally {
    // Not before: a check may start a process again.
    await scratch.restore();
  }
}

/** `before`: what the mutations before this one were caught by. */
function judge({ what }: Mutation, second: Outcome, before: string): Pick<Verdict, 'state' | 'remark'> {
  if (second.kind === 'broken') return { state: 'proven', remark: `${before === '' ? '' : `${before}; `}red with ${what}: ${second.remark}` };
  return { state: 'unproven', remark: second.kind === 'holds' ? `${what} did not break it` : second.remark };
}
