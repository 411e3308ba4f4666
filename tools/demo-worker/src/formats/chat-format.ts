import type { DemoBehaviour } from '../behaviour.ts';
import type { Dialect, Head } from '../dialects/dialect.ts';
import type { ChoicePlan, FinishReason, Token } from '../plan-answer.ts';
import type { GenerateRequest } from '../read-request.ts';
import { writeUsage, type Counts } from '../write-usage.ts';
import { gatherTexts, type AnswerFormat } from './answer-format.ts';

const marker = '\u0000';

/** A text with a hole. */
interface Template {
  readonly before: string;
  readonly after: string;
}

/**
 * `/v1/chat/completions` and `/v1/completions` in the dialect of an engine. What does not change from token to token is
 * written once, so an event of a plain token is three strings put together.
 */
export class ChatFormat implements AnswerFormat {
  readonly finishCarriesToken: boolean;
  readonly malformed = 'data: {"id":"chatcmpl-malformed","choices":[{"index":0,"delta":{"content":"\n\n';
  readonly #dialect: Dialect;
  readonly #behaviour: DemoBehaviour;
  readonly #request: GenerateRequest;
  /** The id of the answer without its prefix. */
  readonly #id: string;
  readonly #open: string;
  readonly #close: string;
  readonly #idle: string;
  readonly #content: (Template | undefined)[] = [];

  constructor(dialect: Dialect, request: GenerateRequest, head: Head) {
    const { behaviour } = request;
    const bare = behaviour.noEnvelope && head.stream;
    this.finishCarriesToken = dialect.finishCarriesToken;
    this.#dialect = dialect;
    this.#behaviour = behaviour;
    this.#request = request;
    this.#id = head.id.slice(dialect.idPrefix[head.route].length);
    this.#open = bare ? '{"choices":[' : dialect.open(head);
    this.#close = bare ? ']' : dialect.close(head);
    this.#idle = dialect.idleUsage(request.includeUsage);
  }

  begin(choice: number, counts: Counts): string | undefined {
    if (this.#request.route === 'text' || this.#behaviour.noRole) return undefined;
    return this.#event(this.#dialect.roleChoice(this.#index(choice)), this.#running(counts) + this.#dialect.roleTail);
  }

  token(choice: number, token: Token, toolStart: boolean, counts: Counts): string {
    if (token.kind !== 'content') return this.#event(toolStart ? this.#toolStart(choice) : this.#choice(choice, token, null), this.#running(counts));
    const { before, after } = (this.#content[choice] ??= this.#template(choice));
    return `${before}${token.escaped}${after}${this.#running(counts)}}\n\n`;
  }

  finish(choice: number, token: Token | undefined, reason: FinishReason, counts: Counts): string {
    return this.#event(this.#choice(choice, token ?? { kind: 'end', escaped: '' }, reason), this.#running(counts));
  }

  usage(counts: Counts): string | undefined {
    if (!this.#request.includeUsage) return undefined;
    const usage = writeUsage(this.#dialect.usage, counts, true, this.#behaviour.usage);
    return usage === undefined ? undefined : this.#event('', `,"usage":${usage}${this.#dialect.extra(counts)}`);
  }

  done(): string {
    return 'data: [DONE]\n\n';
  }

  failure(message: string): string {
    const body = this.#dialect.error(500, JSON.stringify(message), 'null');
    return `data: ${body.startsWith('{"error"') ? body : `{"error":${body}}`}\n\n${this.#dialect.doneAfterError ? 'data: [DONE]\n\n' : ''}`;
  }

  whole(choices: readonly ChoicePlan[], counts: Counts): string {
    const { route, toolName, behaviour } = this.#request;
    const usage = writeUsage(this.#dialect.usage, counts, true, behaviour.usage);
    const texts = choices.map((plan, index) => {
      const { content, reasoning, toolArguments } = gatherTexts(plan);
      const tool = toolName === undefined ? undefined : { id: `${this.#id}-${index}`, nameJson: JSON.stringify(toolName), argumentsJson: toolArguments };
      return this.#dialect.wholeChoice({ index, content, reasoning, tool, finish: plan.finishReason }, route === 'text' ? 'text' : 'chat');
    });
    return `${this.#open}${texts.join(',')}${this.#close}${usage === undefined ? '' : `,"usage":${usage}`}${this.#dialect.extra(counts)}}`;
  }

  #template(choice: number): Template {
    const [before = '', after = ''] = (this.#open + this.#choice(choice, { kind: 'content', escaped: marker }, null) + this.#close).split(marker);
    return { before: `data: ${before}`, after };
  }

  #event(choice: string, rest: string): string {
    return `data: ${this.#open}${choice}${this.#close}${rest}}\n\n`;
  }

  /** The usage member that goes with a token: the choice's own counts so far where they were asked for. */
  #running(counts: Counts): string {
    if (!this.#request.continuousUsage) return this.#idle;
    const usage = writeUsage(this.#dialect.usage, counts, false, this.#behaviour.usage);
    return usage === undefined ? '' : `,"usage":${usage}`;
  }

  #index(choice: number): string {
    return this.#behaviour.noIndex ? '' : `"index":${choice},`;
  }

  #choice(choice: number, token: Token, finish: FinishReason | null): string {
    const index = this.#index(choice);
    if (this.#request.route === 'text') return this.#dialect.textChoice(index, token.escaped, finish);
    return this.#dialect.choice(index, this.#delta(token), finish);
  }

  #delta(token: Token): string {
    if (token.kind === 'end') return this.#dialect.endDelta;
    if (token.kind === 'tool') return this.#dialect.toolArgumentsDelta(this.#behaviour.noIndex ? '' : '"index":0,', token.escaped);
    return this.#dialect.delta(token.kind, token.escaped);
  }

  #toolStart(choice: number): string {
    const delta = this.#dialect.toolNameDelta(this.#behaviour.noIndex ? '' : '"index":0,', `${this.#id}-${choice}`, JSON.stringify(this.#request.toolName));
    return this.#dialect.choice(this.#index(choice), delta, null);
  }
}
