import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** A comment goes out when there was nothing else for this long, so that proxies keep the connection. */
export const keepAliveMs = 15_000;
/** A reader that takes nothing for this long is cut off. */
export const slowReaderMs = 60_000;

/** A `text/event-stream` on its way to a client. */
export interface EventStream {
  /** Sends one event; resolves when the client can take more, and at once when it has left. */
  send(event: string, data: object): Promise<void>;
  end(): void;
}

/** Commits to status 200 and begins a stream of events. */
export function openEventStream(response: ServerResponse): EventStream {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const keepAlive = setInterval(() => void (response.writableNeedDrain || response.write(': keepalive\n')), keepAliveMs);
  response.once('close', () => clearInterval(keepAlive));
  return {
    send: async (event, data) => {
      if (response.destroyed || response.writableEnded) return;
      keepAlive.refresh();
      if (!response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) await drained(response);
    },
    end: () => {
      clearInterval(keepAlive);
      response.end();
    },
  };
}

/** Resolves when a response can take more or its client has left; destroys it after `slowReaderMs`. */
export async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return;
  const controller = new AbortController();
  const timer = setTimeout(() => response.destroy(), slowReaderMs);
  try {
    const { signal } = controller;
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  } finally {
    clearTimeout(timer);
    // Takes the listener that did not fire away.
    controller.abort();
  }
}
