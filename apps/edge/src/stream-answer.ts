import type { TacetError } from '@tacet/errors';
import { SseSplitter, StreamError, type AnswerStream, type TokenUsage } from '@tacet/inference';
import { formatUsd } from '@tacet/pricing';
import type { AdmittedRequest } from './admit.ts';
import type { Answer, AnswerHost } from './answer.ts';
import type { ClientResponse } from './http/client-response.ts';
import { errorEvent, errorSentences } from './http/error-envelope.ts';
import type { EventWriter } from './http/event-writer.ts';
import { sendError } from './http/send-error.ts';
import type { Meter } from './meter.ts';
import { believable, isImpossible, nothingReceived, type ReceivedCounts } from './received-counts.ts';
import { errorManner } from './response-headers.ts';
import type { UsageStyle } from './workers/worker-kind.ts';

export interface StreamAnswerOptions {
  readonly admitted: AdmittedRequest;
  readonly meter: Meter;
  readonly response: ClientResponse;
  /** Outlives an attempt: a keep-alive may have committed the status before another worker was tried. */
  readonly writer: EventWriter;
  readonly host: AnswerHost;
  readonly usage: UsageStyle;
  readonly whenSynced: () => Promise<void>;
  /** Reads the events of this worker. */
  readonly stream: AnswerStream;
}

/**
 * A streamed answer on its way to the client, event by event. Each read from the worker's socket becomes one
 * write to the client's; the counts go into the slot afterwards, in the same tick. An event beyond what is paid
 * for is held back until more is, or ends the stream.
 */
export class StreamAnswer implements Answer {
  readonly contentType = 'text/event-stream';
  readonly #options: StreamAnswerOptions;
  readonly #writer: EventWriter;
  readonly #stream: AnswerStream;
  readonly #splitter = new SseSplitter();
  /** Events for the client that are not written yet. */
  #events: Buffer[] = [];
  /** The event that is not paid for yet, and what came behind it, unread. */
  #held: { readonly event: Buffer | undefined; readonly behind: { readonly data: Buffer; readonly name: string }[] } | undefined;
  /** Output as of the last event that was let through. */
  #passedOutput = 0;
  #hasFirst = false;
  #isHostile = false;
  #hasEnded = false;
  #isWaiting = false;
  #isOver = false;

  /** Made once, not for each read. */
  readonly #visit = (data: Buffer, name: string): void => this.#read(data, name);
  readonly #whenCovered = (): void => this.#onCover();

  constructor(options: StreamAnswerOptions) {
    this.#options = options;
    this.#writer = options.writer;
    this.#stream = options.stream;
  }

  get hasBegun(): boolean {
    return this.#stream.hasBegun;
  }

  get isCommitted(): boolean {
    return this.#writer.isCommitted;
  }

  get isWaitingForClient(): boolean {
    return this.#isWaiting;
  }

  take(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    try {
      this.#splitter.push(chunk, this.#visit);
    } catch (error) {
      this.#giveUp(error);
      return true;
    }
    return this.#afterRead();
  }

  takeEnd(): void {
    if (this.#isOver) return;
    try {
      this.#splitter.end(this.#visit);
    } catch (error) {
      return this.#giveUp(error);
    }
    this.#hasEnded = true;
    this.#afterRead();
    this.#finishEnded();
  }

  /** The worker said all but its last word. */
  #finishEnded(): void {
    if (!this.#hasEnded || this.#isOver || this.#held) return;
    if (this.#stream.isFinished) this.#complete();
    else this.#options.host.onInvalid('worker_failed');
  }

  fail(error: TacetError, status: 'failed' | 'cut' | 'length'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { admitted, response, meter } = this.#options;
    const events = this.#events.splice(0);
    meter.end(status, this.#received());
    if (!this.#writer.isCommitted && events.length === 0) {
      sendError(response, error, errorManner(admitted, meter.latencyMs));
      return;
    }
    if (status === 'length') events.push(...this.#stream.cutEvents());
    if (events.length > 0) this.#writer.writeEvents(events);
    this.#writer.end(this.#stream.failure(error.code, errorSentences(error)) ?? errorEvent(error, admitted.request.endpoint.errors, admitted.requestId?.text));
  }

  abandon(): void {
    this.#isOver = true;
    this.#options.meter.end('aborted', this.#received());
  }

  keepAlive(): void {
    if (!this.#isOver && !this.#isWaiting) this.#writer.writeKeepAlive(this.#stream.keepAlive);
  }

  /** One event of the worker. */
  #read(data: Buffer, name: string): void {
    if (this.#stream.isDone || this.#isOver) return;
    if (this.#held) {
      this.#held.behind.push({ data: Buffer.from(data), name });
      return;
    }
    const event = this.#stream.read(data, name);
    if (!this.#isHostile && isImpossible(this.#stream.usage, this.#options.admitted.request)) this.#noteHostile();
    if (!this.#isPaid()) {
      this.#held = { event: event && Buffer.from(event), behind: [] };
      return;
    }
    this.#passedOutput = this.#output;
    if (event) this.#events.push(event);
  }

  /** Output received so far, as far as it can be believed. */
  get #output(): number {
    return this.#isHostile ? this.#stream.countedOutput : this.#stream.output;
  }

  /** Whether all output until now is paid for, reserving more where that is possible at once. */
  #isPaid(): boolean {
    const { meter } = this.#options;
    // A total comes when everything was sent: what it says beyond the reservation cannot be held back any more.
    if (this.#stream.hasTotal && !this.#isHostile) return true;
    for (let covered = meter.outputMax; this.#output > covered; covered = meter.outputMax) {
      this.#takeCounts();
      if (meter.outputMax === covered) return false;
    }
    return true;
  }

  /** Writes what was read, then counts it. Returns whether the worker may go on. */
  #afterRead(): boolean {
    if (this.#stream.isDone) {
      this.#complete();
      return true;
    }
    if (this.#events.length > 0) {
      this.#noteFirst();
      const events = this.#events;
      this.#events = [];
      if (!this.#writer.writeEvents(events)) this.#waitForClient();
      this.#takeCounts();
    }
    if (this.#held && this.#options.meter.cover !== 'pending') this.#options.host.onExhausted();
    return !this.#isWaiting && !this.#held;
  }

  #takeCounts(): void {
    this.#options.meter.take(this.#received(), this.#source, this.#whenCovered);
  }

  /** More is paid for, or will not be. */
  #onCover(): void {
    const held = this.#held;
    if (!held || this.#isOver) return;
    if (!this.#isPaid()) {
      if (this.#options.meter.cover !== 'pending') this.#options.host.onExhausted();
      return;
    }
    this.#held = undefined;
    this.#passedOutput = this.#output;
    if (held.event) this.#events.push(held.event);
    try {
      for (const { data, name } of held.behind) this.#read(data, name);
    } catch (error) {
      return this.#giveUp(error);
    }
    if (this.#afterRead()) this.#options.host.onResume();
    this.#finishEnded();
  }

  #waitForClient(): void {
    this.#isWaiting = true;
    this.#writer.whenDrained(() => {
      this.#isWaiting = false;
      if (!this.#isOver && !this.#held) this.#options.host.onResume();
    });
  }

  #noteFirst(): void {
    if (this.#hasFirst) return;
    this.#hasFirst = true;
    this.#options.host.onFirstEvent();
  }

  #noteHostile(): void {
    this.#isHostile = true;
    this.#options.host.onBadUsage('hostile');
  }

  /** What the client has received, and pays for: nothing before the first token. */
  #received(): ReceivedCounts {
    if (!this.#stream.hasBegun) return nothingReceived;
    const { usage } = this.#stream;
    if (this.#isHostile) return believable(usage, Math.min(this.#stream.countedOutput, this.#passedOutput), this.#options.admitted.request);
    return { input: usage.input, cached: usage.cached, output: this.#passedOutput, source: this.#source };
  }

  get #source(): 'exact' | 'counted' {
    return this.#stream.isExact && !this.#isHostile ? 'exact' : 'counted';
  }

  /**
   * The last word of the worker. The final is appended before the last bytes go to the socket, and `[DONE]` waits
   * until it is on the disk.
   */
  #complete(): void {
    this.#isOver = true;
    const { meter, host, usage, whenSynced } = this.#options;
    if (!this.#stream.isExact && usage !== 'none') host.onBadUsage('missing');
    this.#passedOutput = this.#output;
    const received = this.#received();
    const outcome = meter.end('ok', received);
    this.#noteFirst();
    const shown: TokenUsage = { ...outcome.counts, hostile: false };
    const cost = formatUsd(outcome.chargeNano);
    const events = [...this.#events, ...this.#stream.closing(shown, cost)];
    if (events.length > 0) this.#writer.writeEvents(events);
    this.#events = [];
    void whenSynced().then(() => {
      this.#writer.end(this.#stream.last(shown, cost));
      host.onComplete();
      return undefined;
    });
  }

  /** The stream cannot be read on. What came before is the client's. */
  #giveUp(error: unknown): void {
    const isWorkersError = error instanceof StreamError && error.reason === 'error_chunk';
    // An error may tell what was used until then, all of which was passed on.
    if (isWorkersError && this.#stream.hasTotal && !this.#isHostile) this.#passedOutput = this.#output;
    this.#options.host.onInvalid(isWorkersError ? 'worker_failed' : 'worker_invalid');
  }
}
