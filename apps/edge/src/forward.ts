import type { IncomingHttpHeaders } from 'node:http';
import type { WorkerBody } from './prepare-body.ts';
import type { AnswerReceiver, Attempt } from './worker-connections/answer-receiver.ts';
import type { Worker } from './workers/worker.ts';

export interface ForwardOptions {
  readonly worker: Worker;
  readonly path: string;
  readonly body: WorkerBody;
  /** The client's headers: only those on the list pass. */
  readonly headers: IncomingHttpHeaders;
  readonly isStream: boolean;
  readonly receiver: AnswerReceiver;
}

/**
 * The fifth step: sends a request to a worker. Bytes pass as they come; a receiver that cannot take more stops
 * the reading from the worker's socket, so that the worker itself is slowed down.
 */
export function forward({ worker, path, body, headers, isStream, receiver }: ForwardOptions): Attempt {
  const head = worker.requestHeads.write(path, isStream, body.bytes, headers);
  return worker.connections.send({ head, body: body.body }, receiver);
}
