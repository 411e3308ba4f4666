import type { Socket } from 'node:net';
import { paceOf, type AnswerContext } from './answer-context.ts';
import { createEventWriter, type EventWriter } from './event-writer.ts';
import type { AnswerFormat } from './formats/answer-format.ts';
import { formatOf } from './formats/format-of.ts';
import { chunksPerTurnMax } from './limits.ts';
import { planAnswer, type ChoicePlan, type Token } from './plan-answer.ts';
import { faultsOf, type StreamFault } from './stream-faults.ts';

/** Answers a request that streams. The headers go out at once; the first event comes with the first token. */
export function streamAnswer(context: AnswerContext): void {
  const { response, lifecycle } = context;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  // Behind another response of a pipelining client, or gone already.
  const { socket } = response;
  if (!socket) return lifecycle.giveUp();
  const stream = new TokenStream(context, socket);
  lifecycle.run(
    () => stream.start(),
    () => stream.stop(),
  );
}

/** A choice on its way. */
interface ChoiceProgress {
  readonly plan: ChoicePlan;
  /** Tokens written. */
  position: number;
  /** Whether the tool call was begun. */
  toolStarted: boolean;
}

class TokenStream {
  readonly #context: AnswerContext;
  readonly #socket: Socket;
  readonly #format: AnswerFormat;
  readonly #writer: EventWriter;
  readonly #choices: ChoiceProgress[];
  readonly #faults: StreamFault[];
  readonly #msPerToken: number;
  readonly #firstTokenMs: number;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #turn = 0;
  #begun = false;

  constructor(context: AnswerContext, socket: Socket) {
    const { request, response } = context;
    const plan = planAnswer(request);
    const { firstTokenMs, msPerToken } = paceOf(context);
    this.#context = context;
    this.#socket = socket;
    this.#format = formatOf(context);
    this.#writer = createEventWriter(response, socket, plan.ascii, request.behaviour);
    this.#choices = plan.choices.map((choice) => ({ plan: choice, position: 0, toolStarted: false }));
    this.#faults = faultsOf(request.behaviour);
    this.#msPerToken = msPerToken;
    this.#firstTokenMs = firstTokenMs;
  }

  start(): void {
    if (this.#firstTokenMs === 0) this.#begin();
    else this.#timer = setTimeout(this.#begin, this.#firstTokenMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The first token is there. */
  readonly #begin = (): void => {
    if (this.#fault()) return;
    this.#startedAt = performance.now();
    this.#begun = true;
    this.#context.lifecycle.generated(0);
    for (let index = 0; index < this.#choices.length; index++) {
      const event = this.#format.begin(index, this.#counts(0));
      if (event !== undefined) this.#writer.write(event);
    }
    this.#run();
  };

  /** Writes what is due, then waits: for time, for the client to read, or for other requests' turns. */
  readonly #run = (): void => {
    for (let left = chunksPerTurnMax; !this.#context.lifecycle.over; left--) {
      if (left === 0) return void setImmediate(this.#run);
      const dueUntil = this.#msPerToken === 0 ? Number.POSITIVE_INFINITY : (performance.now() - this.#startedAt) / this.#msPerToken + 1;
      const index = this.#nextChoice(dueUntil);
      if (index === 'done') return this.#end();
      if (index === 'early') return this.#wait();
      const writable = this.#writeTokens(index);
      if (this.#fault()) return;
      if (!writable) return this.#writer.onceWritable(this.#run);
    }
  };

  /** The choice whose turn it is, of those that have a token due; choices take turns. */
  #nextChoice(dueUntil: number): number | 'early' | 'done' {
    let open = false;
    for (let step = 0; step < this.#choices.length; step++) {
      const index = (this.#turn + step) % this.#choices.length;
      const choice = this.#choices[index];
      if (choice === undefined || choice.position >= choice.plan.length) continue;
      open = true;
      // The next token of a choice is due once `dueUntil` has reached its number.
      if (choice.position + 1 > dueUntil) continue;
      this.#turn = (index + 1) % this.#choices.length;
      return index;
    }
    return open ? 'early' : 'done';
  }

  #wait(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const { position, plan } of this.#choices) if (position < plan.length) next = Math.min(next, position);
    // Whole milliseconds: Node keeps a list of timers for each duration.
    this.#timer = setTimeout(this.#run, Math.ceil(this.#startedAt + next * this.#msPerToken - performance.now()));
  }

  /** Writes the next event or two of a choice; false when the client should read first. */
  #writeTokens(index: number): boolean {
    const choice = this.#choices[index];
    if (choice === undefined) return true;
    const { lifecycle } = this.#context;
    const { token, count } = this.#take(choice);
    const toolStart = token.kind === 'tool' && !choice.toolStarted;
    choice.toolStarted ||= toolStart;
    choice.position += count;
    lifecycle.generated(count);
    const counts = this.#counts(choice.position);
    const last = choice.position >= choice.plan.length;
    const together = last && (token.kind === 'end' || (token.kind === 'content' && this.#format.finishCarriesToken));
    let writable = true;
    if (!together) writable = this.#writer.write(this.#format.token(index, token, toolStart, counts));
    if (last) writable = this.#writer.write(this.#format.finish(index, together ? token : undefined, choice.plan.finishReason, counts));
    lifecycle.receipt.outputTokens += count;
    if (token.kind !== 'end') lifecycle.receipt.textChunks++;
    return writable;
  }

  /** The next tokens that go into one chunk: one, or as many of one kind as the behaviour says, never past a fault. */
  #take({ plan, position }: ChoiceProgress): { token: Token; count: number } {
    const token = plan.tokenAt(position);
    const { tokensPerChunk = 1 } = this.#context.request.behaviour;
    if (tokensPerChunk === 1 || token.kind === 'end' || (token.kind === 'tool' && token.escaped === '')) return { token, count: 1 };
    const until = Math.min(plan.length, position + tokensPerChunk, position + this.#untilFault());
    let { escaped } = token;
    let at = position + 1;
    for (; at < until; at++) {
      const more = plan.tokenAt(at);
      if (more.kind !== token.kind) break;
      escaped += more.escaped;
    }
    return { token: { kind: token.kind, escaped }, count: at - position };
  }

  #counts(completion: number): { prompt: number; completion: number; cached: number } {
    const { promptTokens, cachedTokens } = this.#context.request;
    return { prompt: promptTokens, completion, cached: cachedTokens };
  }

  #untilFault(): number {
    const [next] = this.#faults;
    return next === undefined ? Number.POSITIVE_INFINITY : next.after - this.#context.lifecycle.receipt.outputTokens;
  }

  /** Does what the behaviour has for this point; true when the stream does not go on by itself. */
  #fault(): boolean {
    while (this.#untilFault() <= 0) {
      const fault = this.#faults.shift();
      const goesOn = fault?.happen({ context: this.#context, socket: this.#socket, writer: this.#writer, format: this.#format, resume: (ms) => this.#resume(ms) });
      if (!goesOn) return true;
    }
    return false;
  }

  #resume(afterMs: number): void {
    this.#startedAt += afterMs;
    this.#timer = setTimeout(this.#begun ? this.#run : this.#begin, afterMs);
  }

  #end(): void {
    const { request, lifecycle } = this.#context;
    const counts = this.#counts(lifecycle.receipt.outputTokens);
    const usage = this.#format.usage(counts);
    if (usage !== undefined) this.#writer.write(usage);
    lifecycle.receipt.usageTold = request.includeUsage && request.behaviour.usage !== 'missing' && request.behaviour.usage !== 'unfinished';
    if (!request.behaviour.noDone) this.#writer.write(this.#format.done(counts));
    if (request.behaviour.neverEnd) return;
    this.#writer.end(() => lifecycle.finish());
  }
}
