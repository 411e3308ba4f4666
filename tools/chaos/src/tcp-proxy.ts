import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of bytes on their way through. */
type Mode = 'pass' | 'hold' | 'swallow_answers' | 'refuse';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** A TCP proxy on loopback that can cut, hold up and swallow what passes through it. */
export class TcpProxy {
  readonly name: string;
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<Pair>();
  #mode: Mode = 'pass';

  private constructor(name: string, server: Server, targetPort: number) {
    this.name = name;
    this.#server = server;
    this.#targetPort = targetPort;
    server.on('connection', (client) => this.#join(client));
  }

  /** Listens on a port of its own, or the given one, in front of a port of this machine. */
  static async start(name: string, targetPort: number, port = 0): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(name, server, targetPort);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resets every connection; new ones are taken. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** From now on nothing passes, though connections stay: a network that drops packets. */
  hold(): void {
    this.#enter('hold');
  }

  /** From now on questions arrive and their answers do not. */
  swallowAnswers(): void {
    this.#enter('swallow_answers');
  }

  /** Resets every connection, and each new one at once. */
  refuse(): void {
    this.#enter('refuse');
    this.cut();
  }

  /** Everything passes again, on the same connections; what was swallowed stays lost. */
  pass(): void {
    this.#enter('pass');
  }

  /** Everything passes again. Connections whose answers were swallowed cannot be mended: they are cut. */
  restore(): void {
    const isTorn = this.#mode === 'swallow_answers';
    this.#enter('pass');
    if (isTorn) this.cut();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  #enter(mode: Mode): void {
    this.#mode = mode;
    for (const pair of this.#pairs) this.#flow(pair);
  }

  #flow({ client, server }: Pair): void {
    for (const socket of [client, server]) {
      if (this.#mode === 'hold') socket.pause();
      else socket.resume();
    }
  }

  #join(client: Socket): void {
    if (this.#mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    this.#carry(client, server, () => false);
    this.#carry(server, client, () => this.#mode === 'swallow_answers');
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    this.#flow(pair);
  }

  #carry(from: Socket, to: Socket, isSwallowed: () => boolean): void {
    from.on('data', (chunk: Buffer) => {
      if (isSwallowed() || to.destroyed || to.write(chunk)) return;
      from.pause();
      to.once('drain', () => this.#mode === 'hold' || from.resume());
    });
    from.on('end', () => to.end());
  }
}
