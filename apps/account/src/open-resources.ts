import { openPool, type Pool } from '@tacet/database';
import { openTlsFolder, type TlsFiles } from '@tacet/rpc';
import { measureCertificate, readSecretFile, type Reporting } from '@tacet/service';
import { createBackground, type Background } from './background.ts';
import { createEdgeClient, type EdgeClient } from './chat/edge-client.ts';
import type { Clock } from './clock.ts';
import type { AccountConfig, MailConfig, SignUpMode } from './config.ts';
import { createSealer, type Sealer } from './conversations/sealer.ts';
import { openReceiptSigner, type ReceiptSigner } from './deletion/receipt-signer.ts';
import { startRevisionFeed, type RevisionFeed } from './directory/revision-feed.ts';
import { createEvents, type AccountEvents } from './events.ts';
import { createSessionCookie, type SessionCookie } from './http/session-cookie.ts';
import { readKeyCheckSecrets } from './key-check-secrets.ts';
import { openFileOutbox } from './mail/file-outbox.ts';
import type { MailCarrier } from './mail/mail.ts';
import { createMailer, type Mailer } from './mail/mailer.ts';
import { openSmtpCarrier } from './mail/smtp-carrier.ts';
import { createMetrics, type AccountMetrics } from './metrics.ts';
import { createPasswordHasher, type PasswordHasher } from './passwords/password-hasher.ts';
import { readPeppers } from './passwords/peppers.ts';
import { createThrottle, type Throttle } from './passwords/throttle.ts';
import { openPeers, type Peers } from './peers.ts';

/** Everything that the process holds open. Functions are given the few things of it that they need. */
export interface Resources {
  readonly clock: Clock;
  readonly metrics: AccountMetrics;
  readonly events: AccountEvents;
  readonly tls: TlsFiles;
  readonly pool: Pool;
  readonly feed: RevisionFeed;
  readonly peers: Peers;
  readonly edge: EdgeClient;
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly sealer: Sealer;
  readonly signer: ReceiptSigner;
  readonly carrier: MailCarrier | undefined;
  readonly mailer: Mailer;
  readonly background: Background;
  readonly cookie: SessionCookie;
  /** The newest secret behind the check characters of API keys. */
  readonly checkSecret: Buffer;
  readonly mode: SignUpMode;
  readonly publicOrigin: string;
}

/** Connections of one replica; one of them is the feed's own. */
const connectionsMax = 20;
/** Mails, sign-ups and the like that may be under way behind their answers. */
const backgroundMax = 256;

/** Opens them top to bottom: secrets first, then the database, then what only connects when it is called. */
export async function openResources(config: AccountConfig, { log, registry }: Reporting): Promise<Resources> {
  const metrics = createMetrics(registry);
  const events = createEvents(log, metrics);
  const tls = openTlsFolder(config.tlsFolder);
  measureCertificate(registry, tls);
  const peppers = readPeppers(config.pepperFolder);
  const [checkSecret] = readKeyCheckSecrets(config.keyCheckFile);
  const signer = openReceiptSigner(config.receiptKeyFile);
  const carrier = openCarrier(config.mail, config.mailFrom);
  const url = readSecretFile('TACET_POSTGRES_URL_FILE', config.postgresUrlFile);
  const pool = await openPool({ url, applicationName: 'tacet-account', connectionsMax, isPrompt: true });
  const hasher = await createPasswordHasher(peppers);
  const feed = await startRevisionFeed(pool, {
    onStale: (error) => events.directoryStale(error),
    onWatchers: (count) => metrics.watchers.set(count),
  });
  const peers = openPeers(tls, config);
  const edge = createEdgeClient(config.edgeUrl, config.tlsFolder);
  const background = createBackground(backgroundMax, (name, error) => events.taskFailed(name, error));
  const mailer = createMailer(carrier, background, events);
  const throttle = createThrottle(peppers.newest);
  const sealer = createSealer(peers.seals);
  const cookie = createSessionCookie(config.publicOrigin);
  const { signUp: mode, publicOrigin } = config;
  const opened = { clock: Date.now, metrics, events, tls, pool, feed, peers, edge, hasher, throttle, sealer, signer, carrier };
  return { ...opened, mailer, background, cookie, checkSecret, mode, publicOrigin };
}

function openCarrier(mail: MailConfig, from: string): MailCarrier | undefined {
  if (mail.kind === 'smtp') return openSmtpCarrier(mail.urlFile, from);
  return mail.kind === 'folder' ? openFileOutbox(mail.folder) : undefined;
}
