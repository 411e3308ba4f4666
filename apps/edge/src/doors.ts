import type { IncomingMessage, ServerResponse } from 'node:http';
import { TacetError } from '@tacet/errors';
import type { EdgeConfig } from './config.ts';
import type { Events } from './events.ts';
import type { BodyBudget } from './http/body-budget.ts';
import { createApplication, type ApplicationOptions } from './http/application.ts';
import { internalTls, isFromAccount, publicTls, renewing } from './http/certificates.ts';
import { Door, type DoorOptions } from './http/door.ts';

/** Connections for each request that may run, so that idle and refused ones have room too. */
const connectionsPerRequest = 4;
const connectionsMin = 1_024;

export interface DoorHandlers extends ApplicationOptions {
  readonly budget: BodyBudget;
}

/** Both doors, open. */
export interface Doors {
  readonly all: readonly Door[];
  /** Certificates are looked at no more. */
  stopRenewing(): void;
}

/** Opens the public door and the internal one, which is for the account process alone. */
export async function startDoors(config: EdgeConfig, handlers: DoorHandlers, events: Events): Promise<Doors> {
  const { publicTlsFolder, tlsFolder, bodyMs, listenHost } = config;
  const connectionsMax = Math.max(connectionsMin, config.requestsMax * connectionsPerRequest);
  const readPublic = publicTlsFolder === undefined ? undefined : () => publicTls(publicTlsFolder);
  const readInternal = () => internalTls(tlsFolder);
  const internalApplication = createApplication('internal', handlers);
  const forAccountOnly = (request: IncomingMessage, response: ServerResponse) => {
    if (isFromAccount(request)) internalApplication(request, response);
    else handlers.refuse(request, response, new TacetError('rpc_not_allowed'));
  };
  const plain: DoorOptions['plain'] = { budget: handlers.budget, serve: (endpoint, request, response) => void handlers.serveInference(endpoint, request, response, 'public') };
  const publicDoor = new Door({ bodyMs, connectionsMax, tls: readPublic?.(), handle: createApplication('public', handlers), plain });
  const internalDoor = new Door({ bodyMs, connectionsMax, tls: readInternal(), handle: forAccountOnly });
  await publicDoor.listen(listenHost, config.port);
  events.listening('public', publicDoor.port);
  await internalDoor.listen(listenHost, config.internalPort);
  events.listening('internal', internalDoor.port);
  const timers = [renewing(readInternal, (tls) => internalDoor.renew(tls))];
  if (readPublic) timers.push(renewing(readPublic, (tls) => publicDoor.renew(tls)));
  return {
    all: [publicDoor, internalDoor],
    stopRenewing: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
