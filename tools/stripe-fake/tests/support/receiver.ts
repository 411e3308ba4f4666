import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

/** What an endpoint got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** As the real library accepts it; undefined where it refuses the signature. */
  readonly event: Stripe.Event | undefined;
  readonly refusal: string | undefined;
}

/** An endpoint that checks signatures with the real library. */
export interface Receiver {
  readonly url: string;
  readonly secret: string;
  readonly received: Received[];
  /** Statuses of the next answers; 200 when the list is over. 0 closes the connection, -1 never answers. */
  readonly statuses: number[];
  /** Types of the events accepted so far, in their order. */
  types(): string[];
  stop(): Promise<void>;
}

/** Starts an endpoint. It answers 400 to signatures that it does not accept. */
export async function startReceiver(secret = 'whsec_of_the_test'): Promise<Receiver> {
  const stripe = new Stripe('sk_test_unused');
  const received: Received[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8');
      const read = verify(stripe, body, request.headers['stripe-signature'], secret);
      received.push({ headers: request.headers, body, ...read });
      const status = statuses.shift() ?? (read.event ? 200 : 400);
      if (status > 0) response.writeHead(status).end();
      if (status === 0) request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    secret,
    received,
    statuses,
    types: () => received.flatMap(({ event }) => event?.type ?? []),
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function verify(stripe: Stripe, body: string, signature: string | string[] | undefined, secret: string): Pick<Received, 'event' | 'refusal'> {
  try {
    return { event: stripe.webhooks.constructEvent(body, signature ?? '', secret), refusal: undefined };
  } catch (error) {
    return { event: undefined, refusal: (error as Error).message };
  }
}
