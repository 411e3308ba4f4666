import { databaseAway } from '@tacet/database';
import { startRpcServer } from '@tacet/rpc';
import type { Reporting, Running } from '@tacet/service';
import type { AccountConfig } from './config.ts';
import { createJobs } from './create-jobs.ts';
import { createOriginCheck } from './http/check-origin.ts';
import { createRoutes } from './http/routes.ts';
import { startHttpServer } from './http/start-http-server.ts';
import { openResources } from './open-resources.ts';
import { offerAccountAdmin } from './rpc/account-admin.ts';
import { offerKeyDirectory } from './rpc/key-directory.ts';
import { startJobs } from './start-jobs.ts';

/** How long answers may go on at a stop before they are cut; calls and mails have the same again. */
const drainMs = 5_000;

/** Opens everything top to bottom, and returns how to close it again. */
export async function start(config: AccountConfig, reporting: Reporting): Promise<Running> {
  const resources = await openResources(config, reporting);
  const { events, tls, pool, feed, clock, peers, edge, background, carrier } = resources;
  const rpc = await startRpcServer(
    { host: config.listenHost, port: config.rpcPort, tls, onInternalError: (name, error) => events.rpcFailed(name, error), translate: databaseAway },
    [offerKeyDirectory(pool, feed, clock), offerAccountAdmin(resources)],
  );
  events.listening('rpc', rpc.port);
  const http = await startHttpServer({
    host: config.listenHost,
    port: config.httpPort,
    trustedProxies: config.trustedProxies,
    publicOrigin: config.publicOrigin,
    routes: createRoutes(resources),
    events,
    pool,
    clock,
    checkOrigin: createOriginCheck(config.publicOrigin),
    sessionCookie: resources.cookie,
  });
  events.listening('public', http.port);
  const jobs = startJobs(createJobs(resources), (name, error) => events.taskFailed(name, error));
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
