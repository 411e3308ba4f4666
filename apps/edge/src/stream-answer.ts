import type { ServerResponse } from 'node:http';
import type { TacetError } from '@tacet/errors';
import { ChatStream, SseSplitter, StreamError, type TokenUsage } from '@tacet/inference';
import { formatUsd } from '@tacet/pricing';
import type { AdmittedRequest } from './admit.ts';
import type { Answer, AnswerHost } from './answer.ts';
import { errorEvent } from './http/error-envelope.ts';
import type { EventWriter } from './http/event-writer.ts';
import { sendError } from './http/send-error.ts';
import type { Meter } from './meter.ts';
import { believable, isImpossible, nothingReceived, type ReceivedCounts } from './received-counts.ts';
import { responseHeaders } from './response-headers.ts';
import type { UsageStyle } from './workers/worker-kind.ts';

const doneText = '[DONE]';

export interface StreamAnswerOptions {
  readonly admitted: AdmittedRequest;
  readonly meter: Meter;
  readonly response: ServerResponse;
  /** Outlives an attempt: a keep-alive may have committed the status before another worker was tried. */
  readonly writer: EventWriter;
  readonly host: AnswerHost;
  readonly usage: UsageStyle;
  readonly whenSynced: () => Promise<void>;
  readonly wallMs: () => number;
  /** Name of the stream where neither the worker nor a request id gives one. */
  readonly fallbackId: string;
}

/**
 * A chat completion on its way to the client, event by event. Each read from the worker's socket becomes one
 * write to the client's; the counts go into the slot afterwards, in the same tick. An event beyond what is paid
 * for is held back until more is, or ends the stream.
 */
export class StreamAnswer implements Answer {
  readonly contentType = 'text/event-stream';
  readonly #options: StreamAnswerOptions;
  readonly #writer: EventWriter;
  readonly #chat: ChatStream;
  readonly #splitter = new SseSplitter();
  /** Events for the client that are not written yet. */
  #events: Buffer[] = [];
  /** The event that is not paid for yet, and what came behind it, unread. */
  #held: { readonly event: Buffer | undefined; readonly behind: Buffer[] } | undefined;
  /** Output as of the last event that was let through. */
  #passedOutput = 0;
  #hasFirst = false;
  #isHostile = false;
  #isDone = false;
  #hasEnded = false;
  #isWaiting = false;
  #isOver = false;

  constructor(options: StreamAnswerOptions) {
    this.#options = options;
    const { admitted, writer } = options;
    this.#writer = writer;
    this.#chat = new ChatStream({
      showUsage: admitted.request.showUsage,
      usageIsTotal: options.usage !== 'continuous',
      fallback: { id: options.fallbackId, created: Math.floor(options.wallMs() / 1000), model: admitted.request.model.modelId },
    });
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
      this.#splitter.push(chunk, (data) => this.#read(data));
    } catch (error) {
      this.#giveUp(error);
      return true;
    }
    return this.#afterRead();
  }

  takeEnd(): void {
    if (this.#isOver) return;
    try {
      this.#splitter.end((data) => this.#read(data));
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
    if (this.#chat.isFinished) this.#complete();
    else this.#options.host.onInvalid('worker_failed');
  }

  fail(error: TacetError, status: 'failed' | 'cut' | 'length'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const events = this.#events.splice(0);
    this.#options.meter.end(status, this.#received());
    if (!this.#writer.isCommitted && events.length === 0) {
      const { admitted, response, meter } = this.#options;
      sendError(response, error, responseHeaders(admitted, meter.latencyMs));
      return;
    }
    if (status === 'length') events.push(this.#chat.finishChunk('length'));
    if (events.length > 0) this.#writer.writeEvents(events);
    this.#writer.end(errorEvent(error));
  }

  abandon(): void {
    this.#isOver = true;
    this.#options.meter.end('aborted', this.#received());
  }

  keepAlive(): void {
    if (!this.#isOver && !this.#isWaiting) this.#writer.writeKeepAlive();
  }

  /** One event of the worker. */
  #read(data: Buffer): void {
    if (this.#isDone || this.#isOver) return;
    if (this.#held) {
      this.#held.behind.push(Buffer.from(data));
      return;
    }
    if (data.length === doneText.length && data.toString('latin1') === doneText) {
      this.#isDone = true;
      return;
    }
    const event = this.#chat.read(data);
    if (!this.#isHostile && isImpossible(this.#chat.usage, this.#options.admitted.request)) this.#noteHostile();
    if (!this.#isPaid()) {
      this.#held = { event: event && Buffer.from(event), behind: [] };
      return;
    }
    this.#passedOutput = this.#output;
    if (event) this.#events.push(event);
  }

  /** Output received so far, as far as it can be believed. */
  get #output(): number {
    return this.#isHostile ? this.#chat.countedOutput : this.#chat.output;
  }

  /** Whether all output until now is paid for, reserving more where that is possible at once. */
  #isPaid(): boolean {
    const { meter } = this.#options;
    // A total comes when everything was sent: what it says beyond the reservation cannot be held back any more.
    if (this.#chat.hasTotal && !this.#isHostile) return true;
    for (let covered = meter.outputMax; this.#output > covered; covered = meter.outputMax) {
      this.#takeCounts();
      if (meter.outputMax === covered) return false;
    }
    return true;
  }

  /** Writes what was read, then counts it. Returns whether the worker may go on. */
  #afterRead(): boolean {
    if (this.#isDone) {
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
    this.#options.meter.take(this.#received(), this.#source, () => this.#onCover());
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
      for (const data of held.behind) this.#read(data);
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
    if (!this.#chat.hasBegun) return nothingReceived;
    const { usage } = this.#chat;
    if (this.#isHostile) return believable(usage, Math.min(this.#chat.countedOutput, this.#passedOutput), this.#options.admitted.request);
    return { input: usage.input, cached: usage.cached, output: this.#passedOutput, source: this.#source };
  }

  get #source(): 'exact' | 'counted' {
    return this.#chat.isExact && !this.#isHostile ? 'exact' : 'counted';
  }

  /**
   * The last word of the worker. The final is appended before the last bytes go to the socket, and `[DONE]` waits
   * until it is on the disk.
   */
  #complete(): void {
    this.#isOver = true;
    const { meter, host, usage, whenSynced } = this.#options;
    if (!this.#chat.isExact && usage !== 'none') host.onBadUsage('missing');
    this.#passedOutput = this.#output;
    const received = this.#received();
    const outcome = meter.end('ok', received);
    this.#noteFirst();
    const shown: TokenUsage = { ...outcome.counts, hostile: false };
    const usageChunk = this.#chat.usageChunk(shown, formatUsd(outcome.chargeNano));
    const events = usageChunk ? [...this.#events, usageChunk] : this.#events;
    if (events.length > 0) this.#writer.writeEvents(events);
    this.#events = [];
    void whenSynced().then(() => {
      this.#writer.end(`data: ${doneText}\n\n`);
      host.onComplete();
      return undefined;
    });
  }

  /** The stream cannot be read on. What came before is the client's. */
  #giveUp(error: unknown): void {
    const isWorkersError = error instanceof StreamError && error.reason === 'error_chunk';
    this.#options.host.onInvalid(isWorkersError ? 'worker_failed' : 'worker_invalid');
  }
}
