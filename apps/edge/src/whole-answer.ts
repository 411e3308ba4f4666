import type { TacetError } from '@tacet/errors';
import { WorkerAnswer } from '@tacet/inference';
import { formatUsd } from '@tacet/pricing';
import type { AdmittedRequest } from './admit.ts';
import type { Answer, AnswerHost } from './answer.ts';
import type { ClientResponse } from './http/client-response.ts';
import { sendError } from './http/send-error.ts';
import type { Meter } from './meter.ts';
import { isImpossible, nothingReceived, type ReceivedCounts } from './received-counts.ts';
import { addResponseHeaders, errorManner } from './response-headers.ts';
import type { Outcome } from './settle.ts';
import { readAsMessage, translateAnswer } from './translate-answer.ts';
import type { UsageStyle } from './workers/worker-kind.ts';

/** Longest answer that is collected, in bytes. */
export const answerBytesMax = 32 * 1024 * 1024;

export interface WholeAnswerOptions {
  readonly admitted: AdmittedRequest;
  readonly meter: Meter;
  readonly response: ClientResponse;
  readonly host: AnswerHost;
  readonly usage: UsageStyle;
  /** Whether the worker speaks chat completions where the client speaks messages. */
  readonly isTranslated: boolean;
  /** Calls back when the finals of this turn of the event loop are written. */
  readonly whenWritten: (callback: () => void) => void;
}

/** An answer that comes as a whole: collected, read for its usage, settled, sent. */
export class WholeAnswer implements Answer {
  readonly contentType = 'application/json';
  readonly hasBegun = false;
  readonly isCommitted = false;
  readonly isWaitingForClient = false;
  readonly #options: WholeAnswerOptions;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** The answer in the client's terms, where it is translated. */
  #message: Record<string, unknown> | undefined;
  #isOver = false;

  constructor(options: WholeAnswerOptions) {
    this.#options = options;
  }

  take(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    this.#bytes += chunk.length;
    if (this.#bytes > answerBytesMax) this.#options.host.onInvalid('worker_invalid');
    else this.#chunks.push(chunk);
    return true;
  }

  takeEnd(): void {
    if (this.#isOver) return;
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.#bytes);
    this.#chunks = [];
    const { admitted, isTranslated } = this.#options;
    let answer: WorkerAnswer;
    try {
      answer = WorkerAnswer.read(bytes);
      if (isTranslated && !answer.isError) this.#message = readAsMessage(bytes, admitted);
    } catch {
      // The reason holds nothing, and the worker is told apart by its failures.
      return this.#options.host.onInvalid('worker_invalid');
    }
    // Some workers report a failure with status 200.
    if (answer.isError) return this.#options.host.onInvalid('worker_failed');
    this.#complete(answer);
  }

  fail(error: TacetError, status: 'failed' | 'cut' | 'length'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#chunks = [];
    const { admitted, meter, response } = this.#options;
    // Nothing was handed over, so nothing is billed.
    meter.end(status, nothingReceived);
    sendError(response, error, errorManner(admitted, meter.latencyMs));
  }

  abandon(): void {
    this.#isOver = true;
    this.#chunks = [];
    this.#options.meter.end('aborted', nothingReceived);
  }

  keepAlive(): void {
    // A whole answer has a status only when it is there.
  }

  #complete(answer: WorkerAnswer): void {
    this.#isOver = true;
    const { meter, whenWritten } = this.#options;
    meter.noteFirstEvent();
    const body = this.#write(answer, meter.endInTurn('ok', this.#countsOf(answer)));
    // The final is appended before the body goes to the socket; a whole answer does not wait for the disk.
    whenWritten(() => this.#handOver(body));
  }

  /** `body`: a string of latin1, or bytes. */
  #handOver(body: string | Buffer): void {
    const { admitted, meter, response, host } = this.#options;
    const headers = ['content-type', 'application/json', 'content-length', String(body.length)];
    addResponseHeaders(headers, admitted, meter.latencyMs);
    response.writeHead(200, headers);
    response.end(body, 'latin1');
    host.onComplete();
  }

  #write(answer: WorkerAnswer, { counts, chargeNano }: Outcome): string | Buffer {
    const cost = formatUsd(chargeNano);
    if (this.#message) return translateAnswer(this.#message, counts, cost);
    return answer.priced(cost);
  }

  /** What is billed of the answer: what the worker says, as far as that can be true. */
  #countsOf({ usage }: WorkerAnswer): ReceivedCounts {
    const { admitted, host, meter, usage: style } = this.#options;
    if (usage === undefined) {
      if (!admitted.request.endpoint.isPaid) return nothingReceived;
      if (style !== 'none') host.onBadUsage('missing');
      return { ...nothingReceived, source: 'counted' };
    }
    if (!isImpossible(usage, admitted.request)) return { input: usage.input, cached: usage.cached, output: usage.output, source: 'exact' };
    host.onBadUsage('hostile');
    const { inputBound } = admitted.request;
    return { input: Math.min(usage.input + usage.cached, inputBound), cached: 0, output: Math.min(usage.output, meter.outputMax), source: 'counted' };
  }
}
