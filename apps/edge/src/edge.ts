import { hash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toTacetError } from '@tacet/errors';
import { createRpcClient, readTlsFolder } from '@tacet/rpc';
import { fatal, readSecretFile, type Readiness, type Reporting, type Running } from '@tacet/service';
import { Authorize } from './authorize.ts';
import type { EdgeConfig } from './config.ts';
import { startDoors, type DoorHandlers } from './doors.ts';
import { createEvents, type Events } from './events.ts';
import { BodyBudget } from './http/body-budget.ts';
import { refuse } from './http/refuse.ts';
import { Directory } from './keys/directory.ts';
import { DirectoryWatch } from './keys/directory-watch.ts';
import { Abandonment } from './limits/abandonment.ts';
import type { Limiter } from './limits/limiter.ts';
import { memoryLimiter } from './limits/memory-limiter.ts';
import { redisLimiter } from './limits/redis-limiter.ts';
import { listModels } from './list-models.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { momentNow, monotonicMs, wallMs } from './moments.ts';
import { Catalogue } from './money/catalogue.ts';
import { EdgeSession } from './money/edge-session.ts';
import { listenToSession } from './listen-to-session.ts';
import { CacheSalts } from './prepare-body.ts';
import { Revocation } from './revocation.ts';
import { RetryBudget } from './retry-budget.ts';
import { RunningRequests } from './running-requests.ts';
import { ServeChat } from './serve-chat.ts';
import { EdgeIdentity } from './spool/edge-identity.ts';
import { segmentBytes } from './spool/outbox.ts';
import { Spool } from './spool/spool.ts';
import { spoolFolder } from './spool/spool-files.ts';
import { lockSpool } from './spool/spool-lock.ts';
import { stopEdge } from './stop-edge.ts';
import { UsageFlow } from './usage-flow.ts';
import { WorkerSet } from './workers/worker-set.ts';
import type { Worker } from './workers/worker.ts';

/** No-log totals at once: accounts (or keys with a spend limit) times prices, per epoch. */
export const noLogTotalsMax = 16_384;
/** How often the spool's room is looked at for readiness. */
const roomMs = 1_000;

/** Starts an edge: its spool, its session, the directory, the workers, and last its doors. */
export async function startEdge(config: EdgeConfig, { log, registry, readiness }: Reporting): Promise<Running> {
  const events = createEvents(log);
  const metrics = createMetrics(registry);
  const tls = readTlsFolder(config.tlsFolder);
  const checkSecrets = readCheckSecrets(config.keyCheckFile);
  mkdirSync(config.spoolFolder, { recursive: true, mode: 0o700 });
  const lock = await lockSpool(config.spoolFolder);
  const files = spoolFolder(config.spoolFolder);
  const identity = EdgeIdentity.open(files, () => randomBytes(16));
  identity.raiseEpoch();
  const { edgeId } = identity;
  const spool = Spool.open(files, {
    edgeId, segmentBytes, bytesMax: config.spoolBytesMax, slots: { requests: config.requestsMax, totals: noLogTotalsMax },
    monotonicMs, wallMs, onTrouble: events.spoolTrouble, onFailure: (error) => fatal(log, 'spool_failed', error),
  });
  events.spoolOpened(edgeId.toString('hex'), identity.epoch, spool.recovery);

  const workers = new WorkerSet({ file: config.workersFile, connectMs: config.connectMs, monotonicMs, ...reportWorkers(events, metrics) });
  await workers.start();
  const ledger = createRpcClient('Ledger', { address: config.ledgerAddress, tls, server: 'billing' });
  const keys = createRpcClient('KeyDirectory', { address: config.directoryAddress, tls, server: 'account' });

  const running = new RunningRequests(monotonicMs);
  const catalogue = new Catalogue();
  const usage = new UsageFlow({ ledger, edgeId, spool, kafkaBrokers: config.kafkaBrokers, epoch: () => identity.epoch, onTrouble: reportUsage(events, metrics) });
  const listener = listenToSession({ usage, running, events, metrics, readiness });
  const session = new EdgeSession({ ledger, identity, lastSeqs: () => spool.outbox.last, now: momentNow, catalogue, listener });
  await session.open();

  const directory = new Directory({ client: keys, monotonicMs, onLookUp: (outcome) => metrics.lookUps.inc({ outcome }) });
  const revocation = new Revocation({ directory, running, onCut: (reason, count) => reportCut(events, metrics, reason, count) });
  const watch = new DirectoryWatch({
    client: keys, monotonicMs, onState: events.directoryState,
    onChange: (id) => void revocation.changed(id).catch(events.internalError),
    onReset: () => void revocation.reset().catch(events.internalError),
  });
  await watch.start();

  const budget = new BodyBudget(config.bodyBytesTotalMax);
  const limiter = openLimiter(config, edgeId, events, metrics);
  const authorize = new Authorize({ directory, watch, keyStaleMs: config.keyStaleMs, checkSecrets, wallMs });
  const chat = new ServeChat({
    authorize,
    read: { limits: { budget, bytesMax: config.bodyBytesMax }, catalogue, workers },
    admit: { session, spool, limiter, abandonment: new Abandonment(wallMs), wallMs },
    running, metrics, events,
    salts: new CacheSalts(checkSecrets[0] ?? Buffer.alloc(0)),
    retries: new RetryBudget(),
    choose: { monotonicMs, random: Math.random },
    timeouts: config.timeouts,
    onWorker: (worker, what) => noteWorker(worker, what, events, metrics),
  });
  metrics.watch({
    running: () => running.size,
    bodyBytes: () => budget.bytes,
    freeRecords: () => spool.outbox.freeRecords,
    unhealthyWorkers: () => workers.all.filter((worker) => worker.stateAt(monotonicMs()) !== 'healthy').length,
    directorySilenceMs: () => watch.silenceMs,
  });
  const handlers: DoorHandlers = {
    serveChat: (request, response, door) => chat.serve(request, response, door),
    listModels: (request, response, door) => listModels(request, response, door, { authorize, catalogue, workers }),
    refuse: refuseOther(events, metrics),
  };
  const doors = await startDoors(config, handlers, events);
  const room = watchRoom(spool, readiness);
  return {
    stop: async () => {
      clearInterval(room);
      await stopEdge({ config, doors, running, session, usage, events, metrics });
      await Promise.all([watch.stop(), limiter.stop(), workers.stop()]);
      running.stop();
      ledger.close();
      keys.close();
      spool.close();
      identity.close();
      await lock.release();
    },
  };
}

/** One secret a line, newest first: 64 hex characters. Throws an `Error` that names the variable. */
function readCheckSecrets(file: string): Buffer[] {
  const lines = readSecretFile('TACET_KEY_CHECK_FILE', file).split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0 || !lines.every((line) => /^[0-9a-f]{64}$/i.test(line.trim()))) throw new Error('TACET_KEY_CHECK_FILE: one secret of 64 hex characters a line');
  return lines.map((line) => Buffer.from(line.trim(), 'hex'));
}

function openLimiter({ redisUrlFile }: EdgeConfig, edgeId: Buffer, events: Events, metrics: Metrics): Limiter {
  if (redisUrlFile === undefined) return memoryLimiter(wallMs);
  return redisLimiter({
    url: readSecretFile('TACET_REDIS_URL_FILE', redisUrlFile),
    edge: hash('sha256', edgeId, 'hex').slice(0, 32),
    wallMs,
    onState: (state) => {
      metrics.limiterLost.set(state === 'lost' ? 1 : 0);
      events.limiterState(state);
    },
  });
}

function reportWorkers(events: Events, metrics: Metrics) {
  return {
    onFile: (state: 'taken' | 'refused', error?: unknown) => {
      metrics.workersFileRefused.set(state === 'refused' ? 1 : 0);
      events.workersFile(state, error);
    },
    onHealth: events.workerState,
  };
}

function reportUsage(events: Events, metrics: Metrics): ConstructorParameters<typeof UsageFlow>[0]['onTrouble'] {
  return (trouble, error) => {
    metrics.usage.inc({ event: trouble });
    events.usageTrouble(trouble, error);
  };
}

function reportCut(events: Events, metrics: Metrics, reason: string, count: number): void {
  if (count === 0) return;
  metrics.cuts.inc({ reason }, count);
  events.keyCut(reason, count);
}

function noteWorker(worker: Worker, what: 'success' | 'failure' | 'hostile_usage' | 'missing_usage', events: Events, metrics: Metrics): void {
  switch (what) {
    case 'success':
      if (worker.noteSuccess()) events.workerState(worker, 'healthy');
      return;
    case 'failure':
      if (worker.noteFailure()) events.workerState(worker, 'unhealthy');
      return;
    default:
      metrics.badUsage.inc({ kind: what });
      worker.quarantine(monotonicMs());
      events.workerQuarantined(worker, what);
  }
}

/** Answers an error outside of chat; whose key it was, if any, is not known here. */
function refuseOther(events: Events, metrics: Metrics): DoorHandlers['refuse'] {
  return (request: IncomingMessage, response: ServerResponse, cause: unknown) => {
    const error = toTacetError(cause);
    if (error.code === 'internal_error') events.requestError(error);
    metrics.noteOther(error.httpStatus);
    metrics.refusals.inc({ code: error.code });
    refuse(request, response, error);
  };
}

/** An edge whose spool is full cannot meter: it wants no traffic. */
function watchRoom(spool: Spool, readiness: Readiness): NodeJS.Timeout {
  const look = () => (spool.hasRoom ? readiness.unblock('spool_full') : readiness.block('spool_full'));
  return setInterval(look, roomMs).unref();
}
