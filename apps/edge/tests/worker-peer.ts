import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect } from '@jest/globals';
import { eventually } from '@tacet/testing';
import type { AnswerReceiver, Attempt } from '../src/worker-connections/answer-receiver.ts';
import { WorkerConnections, type WorkerConnectionsOptions } from '../src/worker-connections/worker-connections.ts';

/** How long connections of `connectTo` are kept. */
export const keepAliveMs = 4_000;
const cleanUp: (() => void)[] = [];

/** Ends what tests have begun, the latest first. */
export function cleanUpPeers(): void {
  for (const end of cleanUp.splice(0).toReversed()) end();
}

/** Something more to end. */
export function endLater(end: () => void): void {
  cleanUp.push(end);
}

/** What a request was told, in order; a receiver that a test can make do more. */
export class Told implements AnswerReceiver {
  readonly events: string[] = [];
  body = '';
  wantsMore = true;
  onEvent: (event: string) => void = () => undefined;

  onHead(status: number): void {
    this.#tell(`head ${status}`);
  }

  onData(chunk: Buffer): boolean {
    this.body += chunk.toString('latin1');
    this.#tell('data');
    return this.wantsMore;
  }

  onEnd(): void {
    this.#tell('end');
  }

  onFailure(): void {
    this.#tell('failure');
  }

  get isOver(): boolean {
    return this.events.includes('end') || this.events.includes('failure');
  }

  #tell(event: string): void {
    this.events.push(event);
    this.onEvent(event);
  }
}

/** A worker whose every byte a test chooses. */
export interface Peer {
  readonly port: number;
  /** Its connections, in the order in which they came, open or not. */
  readonly sockets: Socket[];
  /** What came on each. */
  readonly received: string[];
}

/** Starts one, which is asked what to do with each request that ends in `mark`. */
export async function startPeer(onRequest: (socket: Socket, place: number) => void, make: (onSocket: (socket: Socket) => void) => Server = createServer): Promise<Peer> {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const server = make((socket) => {
    const place = sockets.push(socket) - 1;
    received.push('');
    socket.on('error', () => undefined).on('data', (bytes: Buffer) => {
      received[place] += bytes.toString('latin1');
      if (bytes.toString('latin1').endsWith(mark)) onRequest(socket, place);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets, received };
}

/** The end of a request's body. */
export const mark = '{"end":true}';

/** A good answer. */
export const ok = (body: string, ...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, `content-length: ${body.length}`, '', body].join('\r\n');

/** Connections to a peer. */
export function connectTo(port: number, options: Partial<WorkerConnectionsOptions> = {}): WorkerConnections {
  const connections = new WorkerConnections({ url: new URL(`http://127.0.0.1:${port}`), address: '127.0.0.1', connectMs: 5_000, keepAliveMs, monotonicMs: () => performance.now(), ...options });
  cleanUp.push(() => connections.destroy());
  return connections;
}

/** Sends a request. */
export function send(connections: WorkerConnections, told = new Told(), body: string | Buffer[] = mark): { told: Told; attempt: Attempt } {
  const bytes = typeof body === 'string' ? body.length : Buffer.concat(body).length;
  const attempt = connections.send({ head: `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${bytes}\r\n\r\n`, body }, told);
  expect(told.events).toEqual([]);
  return { told, attempt };
}

/** Sends a request and waits for its end. */
export async function ask(connections: WorkerConnections, body: string | Buffer[] = mark): Promise<Told> {
  const { told } = send(connections, new Told(), body);
  await eventually('it is over', () => told.isOver);
  return told;
}
