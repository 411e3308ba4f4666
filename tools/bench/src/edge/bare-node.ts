/**
 * The least that a proxy on node:http does: `node bare-node.ts PORT UPSTREAM_PORT`. It and undici's raw handler, and nothing between
 * them: no key, no limit, no counting, no log, no failure that is told apart.
 */
import { createServer, type ServerResponse } from 'node:http';
import { Pool, type Dispatcher } from 'undici';

const [port, upstreamPort] = process.argv.slice(2).map(Number);
const connectionsMax = 4_096;
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: connectionsMax, bodyTimeout: 0, headersTimeout: 0 });

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  #status = 0;
  #isStream = false;
  #text = '';
  #abort: (() => void) | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('close', () => this.#abort?.());
  }

  onConnect(abort: () => void): void {
    this.#abort = abort;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    this.#status = status;
    this.#isStream = headers.some((value) => value.includes('text/event-stream'));
    if (this.#isStream) this.#response.writeHead(status, ['content-type', 'text/event-stream']);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#isStream) this.#response.write(chunk);
    else this.#text += chunk.toString('latin1');
    return true;
  }

  onComplete(): void {
    this.#abort = undefined;
    if (!this.#isStream) this.#response.writeHead(this.#status, ['content-type', 'application/json', 'content-length', String(this.#text.length)]);
    this.#response.end(this.#text, 'latin1');
  }

  onError(): void {
    this.#abort = undefined;
    this.#response.destroy();
  }
}

const server = createServer({ noDelay: true }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    pool.dispatch({ path: request.url ?? '/', method: 'POST', headers: ['content-type', 'application/json'], body }, new Relay(response));
  });
});

server.listen(port, '127.0.0.1', connectionsMax, () => process.stdout.write('listening\n'));
