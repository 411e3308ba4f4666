import type { DemoBehaviour } from './behaviour.ts';
import type { Counts, Dialect, Head } from './dialects/dialect.ts';
import type { FinishReason, Token } from './plan-answer.ts';
import type { GenerateRequest } from './read-request.ts';
import { writeUsage } from './write-usage.ts';

const marker = '\u0000';

/** A text with a hole. */
interface Template {
  readonly before: string;
  readonly after: string;
}

/**
 * Writes the events of one stream. What does not change from token to token is written once, so an event of a
 * plain token is three strings put together.
 */
export class Frames {
  readonly #dialect: Dialect;
  readonly #behaviour: DemoBehaviour;
  readonly #request: GenerateRequest;
  readonly #id: string;
  readonly #open: string;
  readonly #close: string;
  readonly #idle: string;
  readonly #content: Template[] = [];

  constructor(dialect: Dialect, request: GenerateRequest, head: Head) {
    const { behaviour } = request;
    this.#dialect = dialect;
    this.#behaviour = behaviour;
    this.#request = request;
    this.#id = head.id.slice(dialect.idPrefix[request.route].length);
    this.#open = behaviour.noEnvelope ? '{"choices":[' : dialect.open(head);
    this.#close = behaviour.noEnvelope ? ']' : dialect.close(head);
    this.#idle = dialect.idleUsage(request.includeUsage);
    for (let choice = 0; choice < request.choices; choice++) {
      const [before = '', after = ''] = (this.#open + this.#choice(choice, { kind: 'content', escaped: marker }, null) + this.#close).split(marker);
      this.#content.push({ before: `data: ${before}`, after });
    }
  }

  /** The first event of a choice; undefined where the route or the behaviour has none. */
  role(choice: number, counts: Counts): string | undefined {
    if (this.#request.route === 'text' || this.#behaviour.noRole) return undefined;
    return this.#event(this.#dialect.roleChoice(this.#index(choice)), this.#running(counts) + this.#dialect.roleTail);
  }

  /** A token, or several of one kind; `toolStart` for the first of a tool call. */
  token(choice: number, token: Token, toolStart: boolean, counts: Counts): string {
    const template = token.kind === 'content' ? this.#content[choice] : undefined;
    if (template) return `${template.before}${token.escaped}${template.after}${this.#running(counts)}}\n\n`;
    return this.#event(toolStart ? this.#toolStart(choice) : this.#choice(choice, token, null), this.#running(counts));
  }

  /** The event with the finish reason, and with the last token where the engine puts both together. */
  finish(choice: number, token: Token | undefined, reason: FinishReason, counts: Counts): string {
    return this.#event(this.#choice(choice, token ?? { kind: 'end', escaped: '' }, reason), this.#running(counts));
  }

  /** The event with the usage of the whole answer; undefined where it was not asked for or is withheld. */
  usage(counts: Counts): string | undefined {
    if (!this.#request.includeUsage) return undefined;
    const usage = writeUsage(this.#dialect, counts, true, this.#behaviour.usage);
    return usage === undefined ? undefined : this.#event('', `,"usage":${usage}${this.#dialect.extra(counts)}`);
  }

  #event(choice: string, rest: string): string {
    return `data: ${this.#open}${choice}${this.#close}${rest}}\n\n`;
  }

  /** The usage member that goes with a token: the choice's own counts so far where they were asked for. */
  #running(counts: Counts): string {
    if (!this.#request.continuousUsage) return this.#idle;
    const usage = writeUsage(this.#dialect, counts, false, this.#behaviour.usage);
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
