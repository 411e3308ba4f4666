import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that a test can cut: connections are passed on byte by byte. */
export interface Wire {
  readonly port: number;
  /** Breaks what is connected, and refuses connections, like a server that is stopped. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** Lays a wire to a port of this machine. */
export async function layWire(targetPort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (port: number) => new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    cut: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(port),
  };
}
