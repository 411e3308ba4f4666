import type { Head } from '../dialects/dialect.ts';
import type { ChoicePlan, FinishReason, Token } from '../plan-answer.ts';
import type { GenerateRequest } from '../read-request.ts';
import { writeUsage, type Counts, type UsageLiterals } from '../write-usage.ts';
import { gatherTexts, type AnswerFormat } from './answer-format.ts';

type ItemKind = 'content' | 'reasoning' | 'tool';

/** `/v1/responses`: items with parts, events that are numbered, and the usage in whichever event ends the stream. */
export class ResponsesFormat implements AnswerFormat {
  readonly finishCarriesToken = false;
  readonly malformed = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"\n\n';
  readonly #request: GenerateRequest;
  readonly #head: Head;
  /** Items that are complete, as JSON. */
  readonly #items: string[] = [];
  #kind: ItemKind | undefined;
  #text = '';
  #sequence = 0;
  #reason: FinishReason = 'stop';

  constructor(request: GenerateRequest, head: Head) {
    this.#request = request;
    this.#head = head;
  }

  begin(): string | undefined {
    const response = `"response":${this.#response('in_progress', undefined)}`;
    return this.#event('response.created', response) + this.#event('response.in_progress', response);
  }

  token(_choice: number, token: Token): string {
    if (token.kind === 'end') return '';
    const opening = token.kind === this.#kind ? '' : this.#closeItem() + this.#openItem(token.kind);
    this.#text += token.escaped;
    return opening + (token.escaped === '' ? '' : this.#event(deltaTypes[token.kind], `${this.#place(token.kind)},"delta":"${token.escaped}"`));
  }

  finish(_choice: number, _token: Token | undefined, reason: FinishReason): string {
    this.#reason = reason;
    return this.#closeItem();
  }

  usage(): string | undefined {
    return undefined;
  }

  done(counts: Counts): string {
    const status = this.#reason === 'length' ? 'incomplete' : 'completed';
    return this.#event(`response.${status}`, `"response":${this.#response(status, counts)}`);
  }

  failure(message: string, counts: Counts): string {
    return this.#event('response.failed', `"response":${this.#response('failed', counts, message)}`);
  }

  whole(choices: readonly ChoicePlan[], counts: Counts): string {
    const [plan] = choices;
    if (plan === undefined) throw new Error('an answer without a choice');
    const { content, reasoning, toolArguments } = gatherTexts(plan);
    if (reasoning !== '') this.#items.push(this.#item('reasoning', reasoning, 'completed'));
    if (content !== '') this.#items.push(this.#item('content', content, 'completed'));
    if (this.#request.toolName !== undefined) this.#items.push(this.#item('tool', toolArguments, 'completed'));
    return this.#response(plan.finishReason === 'length' ? 'incomplete' : 'completed', counts);
  }

  #event(type: string, members: string): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},${members}}\n\n`;
  }

  #response(status: string, counts: Counts | undefined, message?: string): string {
    const usage = counts === undefined ? undefined : writeUsage(responsesUsage, counts, true, this.#request.behaviour.usage);
    const error = message === undefined ? 'null' : `{"code":"server_error","message":${JSON.stringify(message)}}`;
    const details = status === 'incomplete' ? '{"reason":"max_output_tokens"}' : 'null';
    const envelope = this.#request.behaviour.noEnvelope ? '' : `"id":"${this.#head.id}","object":"response","created_at":${this.#head.created},"model":${this.#head.modelJson},`;
    return `{${envelope}"status":"${status}","error":${error},"incomplete_details":${details},"output":[${this.#items.join(',')}],"usage":${usage ?? 'null'}}`;
  }

  #openItem(kind: ItemKind): string {
    this.#kind = kind;
    const added = this.#event('response.output_item.added', `"output_index":${this.#items.length},"item":${this.#item(kind, '', 'in_progress')}`);
    return kind === 'content' ? added + this.#event('response.content_part.added', `${this.#place(kind)},"part":{"type":"output_text","text":"","annotations":[]}`) : added;
  }

  #closeItem(): string {
    const kind = this.#kind;
    if (kind === undefined) return '';
    const place = this.#place(kind);
    const item = this.#item(kind, this.#text, 'completed');
    let events = this.#event(doneTypes[kind], `${place},"${kind === 'tool' ? 'arguments' : 'text'}":"${this.#text}"`);
    if (kind === 'content') events += this.#event('response.content_part.done', `${place},"part":{"type":"output_text","text":"${this.#text}","annotations":[]}`);
    events += this.#event('response.output_item.done', `"output_index":${this.#items.length},"item":${item}`);
    this.#items.push(item);
    this.#kind = undefined;
    this.#text = '';
    return events;
  }

  #place(kind: ItemKind): string {
    const index = this.#request.behaviour.noIndex ? '' : `,"output_index":${this.#items.length}${kind === 'tool' ? '' : ',"content_index":0'}`;
    return `"item_id":"${itemPrefixes[kind]}${this.#head.id.slice(-24)}"${index}`;
  }

  #item(kind: ItemKind, text: string, status: string): string {
    const id = `"id":"${itemPrefixes[kind]}${this.#head.id.slice(-24)}"`;
    if (kind === 'tool') return `{${id},"type":"function_call","status":"${status}","call_id":"call_${this.#head.id.slice(-24)}","name":${JSON.stringify(this.#request.toolName)},"arguments":"${text}"}`;
    if (kind === 'reasoning') return `{${id},"type":"reasoning","summary":[],"content":[${text === '' ? '' : `{"type":"reasoning_text","text":"${text}"}`}],"status":"${status}"}`;
    const role = this.#request.behaviour.noRole ? '' : '"role":"assistant",';
    return `{${id},"type":"message","status":"${status}",${role}"content":[${text === '' ? '' : `{"type":"output_text","text":"${text}","annotations":[]}`}]}`;
  }
}

const deltaTypes: Record<ItemKind, string> = { content: 'response.output_text.delta', reasoning: 'response.reasoning_text.delta', tool: 'response.function_call_arguments.delta' };
const doneTypes: Record<ItemKind, string> = { content: 'response.output_text.done', reasoning: 'response.reasoning_text.done', tool: 'response.function_call_arguments.done' };
const itemPrefixes: Record<ItemKind, string> = { content: 'msg_', reasoning: 'rs_', tool: 'fc_' };

function responsesUsage({ prompt, completion, total, cached }: UsageLiterals): string {
  return `{"input_tokens":${prompt},"input_tokens_details":{"cached_tokens":${cached}},"output_tokens":${completion},"output_tokens_details":{"reasoning_tokens":0},"total_tokens":${total}}`;
}
