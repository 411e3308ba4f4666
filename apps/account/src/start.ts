import { openPool, transaction, type Pool } from '@tacet/database';
import { readTlsFolder, startRpcServer } from '@tacet/rpc';
import { readSecretFile, type Reporting, type Running } from '@tacet/service';
import { finishOpenings } from './accounts/open-account.ts';
import { createBackground } from './background.ts';
import { createEdgeClient } from './chat/edge-client.ts';
import type { AccountConfig, MailConfig } from './config.ts';
import { finishReseals } from './conversations/reseal-conversation.ts';
import { createSealer, type Sealer } from './conversations/sealer.ts';
import { openReceiptSigner, type ReceiptSigner } from './deletion/receipt-signer.ts';
import { deleteUnverifiedAccounts } from './deletion/request-deletion.ts';
import { runDeletions } from './deletion/run-deletions.ts';
import { deletePastRevisions } from './directory/record-revision.ts';
import { startRevisionFeed } from './directory/revision-feed.ts';
import { createEvents, type AccountEvents } from './events.ts';
import { createOriginCheck } from './http/check-origin.ts';
import { createRoutes } from './http/routes.ts';
import { createSessionCookie } from './http/session-cookie.ts';
import { startHttpServer } from './http/start-http-server.ts';
import { readKeyCheckSecrets } from './key-check-secrets.ts';
import { openFileOutbox } from './mail/file-outbox.ts';
import type { MailCarrier } from './mail/mail.ts';
import { createMailer } from './mail/mailer.ts';
import { openSmtpCarrier } from './mail/smtp-carrier.ts';
import { createMetrics } from './metrics.ts';
import { createPasswordHasher } from './passwords/password-hasher.ts';
import { readPeppers } from './passwords/peppers.ts';
import { createThrottle, deletePastThrottles } from './passwords/throttle.ts';
import { openPeers, type Peers } from './peers.ts';
import { offerAccountAdmin } from './rpc/account-admin.ts';
import { offerKeyDirectory } from './rpc/key-directory.ts';
import { startJobs, type Job } from './start-jobs.ts';

const connectionsMax = 20;
const backgroundMax = 256;
/** How long answers may go on at a stop before they are cut; calls and mails have the same again. */
const drainMs = 5_000;

/** Opens everything top to bottom, and returns how to close it again. */
export async function start(config: AccountConfig, { log, registry }: Reporting): Promise<Running> {
  const clock = Date.now;
  const metrics = createMetrics(registry);
  const events = createEvents(log, metrics);
  const reportTask = (name: string, error: unknown) => events.taskFailed(name, error);
  const tls = readTlsFolder(config.tlsFolder);
  const peppers = readPeppers(config.pepperFolder);
  const [checkSecret] = readKeyCheckSecrets(config.keyCheckFile);
  const signer = openReceiptSigner(config.receiptKeyFile);
  const carrier = openCarrier(config.mail, config.mailFrom);
  const pool = await openPool({ url: readSecretFile('TACET_POSTGRES_URL_FILE', config.postgresUrlFile), applicationName: 'tacet-account', connectionsMax });
  const hasher = await createPasswordHasher(peppers);
  const feed = await startRevisionFeed(pool, { onStale: (error) => events.directoryStale(error), onWatchers: (count) => metrics.watchers.set(count) });
  const peers = openPeers(tls, config);
  const edge = createEdgeClient(config.edgeUrl, config.tlsFolder);
  const background = createBackground(backgroundMax, reportTask);
  const mailer = createMailer(carrier, background, events);
  const throttle = createThrottle(peppers.newest);
  const sealer = createSealer(peers.seals);
  const cookie = createSessionCookie(config.publicOrigin);
  const dependencies = { pool, clock, events, peers, hasher, throttle, background, mailer, sealer, edge, signer, cookie, checkSecret, mode: config.signUp, publicOrigin: config.publicOrigin };

  const offers = [offerKeyDirectory(pool, feed, clock), offerAccountAdmin(dependencies)];
  const rpc = await startRpcServer({ host: config.listenHost, port: config.rpcPort, tls, onInternalError: (name, error) => events.rpcFailed(name, error) }, offers);
  events.listening('rpc', rpc.port);
  const http = await startHttpServer({
    host: config.listenHost,
    port: config.httpPort,
    trustedProxies: config.trustedProxies,
    publicOrigin: config.publicOrigin,
    routes: createRoutes(dependencies),
    events,
    pool,
    clock,
    checkOrigin: createOriginCheck(config.publicOrigin),
    sessionCookie: cookie,
  });
  events.listening('public', http.port);
  const jobs = startJobs(createJobs({ pool, peers, sealer, signer, events, clock, carrier }), reportTask);
  return {
    stop: async () => {
      await http.stop(drainMs);
      await jobs.stop();
      await background.stop(drainMs);
      await feed.stop();
      await rpc.stop(drainMs);
      await edge.close();
      peers.close();
      carrier?.close();
      await pool.end();
    },
  };
}

function openCarrier(mail: MailConfig, from: string): MailCarrier | undefined {
  if (mail.kind === 'smtp') return openSmtpCarrier(mail.urlFile, from);
  return mail.kind === 'folder' ? openFileOutbox(mail.folder) : undefined;
}

interface JobDependencies {
  readonly pool: Pool;
  readonly peers: Peers;
  readonly sealer: Sealer;
  readonly signer: ReceiptSigner;
  readonly events: AccountEvents;
  readonly clock: () => number;
  readonly carrier: MailCarrier | undefined;
}

/** What every replica does again and again; all of it is safe to do at once in several. */
function createJobs(dependencies: JobDependencies): readonly Job[] {
  const { pool, sealer, events, clock, carrier } = dependencies;
  return [
    { name: 'openings', everyMs: 2_000, run: () => finishOpenings(dependencies) },
    { name: 'deletions', everyMs: 500, run: (signal) => runDeletions(dependencies, signal) },
    { name: 'reseals', everyMs: 5_000, run: () => finishReseals(pool, sealer, clock) },
    { name: 'unverified', everyMs: 60_000, run: () => deleteUnverifiedAccounts(pool, events, clock()) },
    { name: 'revisions', everyMs: 30_000, run: () => transaction(pool, deletePastRevisions) },
    { name: 'throttles', everyMs: 60_000, run: () => deletePastThrottles(pool, clock()) },
    { name: 'outbox', everyMs: 60_000, run: async () => carrier?.sweep(clock()) },
  ];
}
