import { hash, randomBytes } from 'node:crypto';
import { createRpcClient, openTlsFolder } from '@tacet/rpc';
import { fatal, measureCertificate, readSecretFile, type Readiness, type Reporting, type Running } from '@tacet/service';
import { createAccountFacts } from './account-facts.ts';
import { Authorize } from './authorize.ts';
import type { EdgeConfig } from './config.ts';
import { startDoors } from './doors.ts';
import { createEvents } from './events.ts';
import { BodyBudget } from './http/body-budget.ts';
import { Directory } from './keys/directory.ts';
import { DirectoryWatch } from './keys/directory-watch.ts';
import { Abandonment } from './limits/abandonment.ts';
import type { Limiter } from './limits/limiter.ts';
import { memoryLimiter } from './limits/memory-limiter.ts';
import { redisLimiter } from './limits/redis-limiter.ts';
import { createListModels, createShowModel } from './list-models.ts';
import { listenToSession } from './listen-to-session.ts';
import { createMetrics } from './metrics.ts';
import { momentNow, monotonicMs, wallMs } from './moments.ts';
import { Catalogue } from './money/catalogue.ts';
import { EdgeSession } from './money/edge-session.ts';
import { openSpool } from './open-spool.ts';
import { CacheSalts } from './prepare-body.ts';
import { createReports, type Reports } from './reports.ts';
import { RetryBudget } from './retry-budget.ts';
import { Revocation } from './revocation.ts';
import { RunningRequests } from './running-requests.ts';
import { ServeInference } from './serve-inference.ts';
import type { Spool } from './spool/spool.ts';
import { stopEdge } from './stop-edge.ts';
import { UsageFlow } from './usage-flow.ts';
import { PrefixAffinity } from './workers/prefix-affinity.ts';
import { WorkerQueue } from './workers/worker-queue.ts';
import { WorkerSet } from './workers/worker-set.ts';

/** How often the spool's room is looked at for readiness. */
const roomMs = 1_000;

/** Starts an edge: its spool, its session, the directory, the workers, and last its doors. */
export async function startEdge(config: EdgeConfig, { log, registry, readiness }: Reporting): Promise<Running> {
  const events = createEvents(log);
  const metrics = createMetrics(registry);
  const reports = createReports(events, metrics, monotonicMs);
  const tls = openTlsFolder(config.tlsFolder);
  measureCertificate(registry, tls);
  const checkSecrets = readCheckSecrets(config.keyCheckFile);
  const { spool, identity, close: closeSpool } = await openSpool(config, events, (error) => fatal(log, 'spool_failed', error));
  const { edgeId } = identity;

  const { workers, queue, affinity } = await openWorkers(config, reports);
  const ledger = createRpcClient('Ledger', { address: config.ledgerAddress, tls, server: 'billing' });
  const keys = createRpcClient('KeyDirectory', { address: config.directoryAddress, tls, server: 'account' });
  const running = new RunningRequests(monotonicMs);
  const catalogue = new Catalogue();
  const usage = new UsageFlow({ ledger, edgeId, spool, kafkaBrokers: config.kafkaBrokers, epoch: () => identity.epoch, onTrouble: reports.usage });
  const listener = listenToSession({ usage, running, events, metrics, readiness });
  const session = new EdgeSession({ ledger, identity, lastSeqs: () => spool.outbox.last, now: momentNow, monotonicMs, catalogue, listener });
  await session.open();

  const directory = new Directory({ client: keys, monotonicMs, onLookUp: (outcome) => metrics.lookUps.inc({ outcome }) });
  const revocation = new Revocation({ directory, running, onCut: reports.keyCut });
  const watch = await watchDirectory(keys, revocation, events);
  const budget = new BodyBudget(config.bodyBytesTotalMax);
  const limiter = openLimiter(config, edgeId, reports);
  const authorize = new Authorize({ directory, watch, keyStaleMs: config.keyStaleMs, checkSecrets, wallMs });
  const inference = new ServeInference({
    authorize,
    read: { limits: { budget, bytesMax: config.bodyBytesMax }, catalogue, workers },
    admit: { session, spool, limiter, abandonment: new Abandonment(wallMs), wallMs },
    salts: new CacheSalts(checkSecrets[0] ?? Buffer.alloc(0)),
    retries: new RetryBudget(),
    choose: { routeOf: (modelId) => workers.routeOf(modelId), affinity, monotonicMs, random: Math.random },
    queue,
    timeouts: config.timeouts,
    running, metrics, events, onWorker: reports.worker,
    recheck: (caller) => void revocation.check(caller).catch(events.internalError),
  });
  metrics.watch({ running, budget, outbox: spool.outbox, workers, queue, affinity, watch, monotonicMs });
  const doors = await startDoors(config, {
    serveInference: (endpoint, request, response, door) => inference.serve(endpoint, request, response, door),
    authorize,
    questions: { listModels: createListModels({ catalogue, workers }), showModel: createShowModel({ catalogue, workers }), ...createAccountFacts({ ledger, monotonicMs }) },
    refuse: reports.refuse, budget,
  }, events);
  const room = watchRoom(spool, readiness);
  return {
    stop: async () => {
      clearInterval(room);
      await stopEdge({ config, doors, running, session, usage, events, metrics });
      await Promise.all([watch.stop(), limiter.stop(), workers.stop()]);
      running.stop();
      queue.stop();
      ledger.close();
      keys.close();
      await closeSpool();
    },
  };
}

async function openWorkers({ workersFile: file, connectMs, queueMs }: EdgeConfig, { workersFile: onFile, workerProbe: onProbe }: Reports) {
  const queue = new WorkerQueue({ monotonicMs, waitMsMax: queueMs });
  const affinity = new PrefixAffinity(randomBytes(32), monotonicMs);
  const workers = new WorkerSet({ file, connectMs, monotonicMs, onFile, onProbe, onChange: () => queue.wake() });
  await workers.start();
  return { workers, queue, affinity };
}

/** One secret a line, newest first: 64 hex characters. Throws an `Error` that names the variable. */
function readCheckSecrets(file: string): Buffer[] {
  const lines = readSecretFile('TACET_KEY_CHECK_FILE', file).split('\n').map((line) => line.trim()).filter((line) => line !== '');
  if (lines.length === 0 || !lines.every((line) => /^[0-9a-f]{64}$/i.test(line))) throw new Error('TACET_KEY_CHECK_FILE: must hold secrets of 64 hex characters, one a line');
  return lines.map((line) => Buffer.from(line, 'hex'));
}

/** Resolves when the directory was heard for the first time. */
async function watchDirectory(client: ConstructorParameters<typeof DirectoryWatch>[0]['client'], revocation: Revocation, events: ReturnType<typeof createEvents>): Promise<DirectoryWatch> {
  const watch = new DirectoryWatch({
    client,
    monotonicMs,
    onState: events.directoryState,
    onChange: (id) => void revocation.changed(id).catch(events.internalError),
    onReset: () => void revocation.reset().catch(events.internalError),
  });
  await watch.start();
  return watch;
}

function openLimiter({ redisUrlFile }: EdgeConfig, edgeId: Buffer, reports: Reports): Limiter {
  if (redisUrlFile === undefined) return memoryLimiter(wallMs);
  const edge = hash('sha256', edgeId, 'hex').slice(0, 32);
  return redisLimiter({ url: readSecretFile('TACET_REDIS_URL_FILE', redisUrlFile), edge, wallMs, monotonicMs, onState: reports.limiter });
}

/** An edge whose spool is full cannot meter: it wants no traffic. */
function watchRoom(spool: Spool, readiness: Readiness): NodeJS.Timeout {
  const look = () => (spool.hasRoom ? readiness.unblock('spool_full') : readiness.block('spool_full'));
  return setInterval(look, roomMs).unref();
}
