import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandle, type StripeFake } from './stripe-fake.ts';
import { serveControl } from './control/serve-control.ts';
import { FakeState } from './fake-state.ts';
import { keepAliveMs } from './limits.ts';
import { settle, type StripeFakeOptions } from './options.ts';
import { readText } from './read-bytes.ts';
import { serveApi } from './serve-api.ts';

/** Starts a fake in this process. Rejects when the port is taken or an option makes no sense. */
export async function startStripeFake(options: StripeFakeOptions = {}): Promise<StripeFake> {
  const settings = settle(options);
  const state = new FakeState(settings);
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0, noDelay: true }, (request, response) => void serve(state, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  state.baseUrl = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`;
  return createHandle(state, port, () => stop(state, server));
}

async function serve(state: FakeState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const text = await readText(request);
    const url = new URL(request.url ?? '/', state.baseUrl);
    if (/^\/fake(\/|$)/.test(url.pathname)) await serveControl(state, request, response, url, text);
    else await serveApi(state, request, response, url, text);
  } catch {
    // The client broke off, or sent an address that is none: there is nobody to answer.
    response.destroy();
  }
}

async function stop(state: FakeState, server: Server): Promise<void> {
  state.deliverer.stop();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
