import type { Head } from '../dialects/dialect.ts';
import type { ChoicePlan, FinishReason, Token } from '../plan-answer.ts';
import type { GenerateRequest } from '../read-request.ts';
import { writeUsage, type Counts, type UsageLiterals } from '../write-usage.ts';
import { gatherTexts, type AnswerFormat } from './answer-format.ts';

const blockTypes = { content: 'text', reasoning: 'thinking', tool: 'tool_use' } as const;
type BlockKind = keyof typeof blockTypes;

const stopReasons: Record<FinishReason, string> = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' };

/** `/v1/messages`, Anthropic's API as vLLM, SGLang and llama.cpp speak it: blocks of text, thought and tool calls. */
export class MessagesFormat implements AnswerFormat {
  readonly finishCarriesToken = false;
  readonly malformed = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"text":"\n\n';
  readonly #request: GenerateRequest;
  readonly #head: Head;
  #block: BlockKind | undefined;
  #blocks = 0;

  constructor(request: GenerateRequest, head: Head) {
    this.#request = request;
    this.#head = head;
  }

  begin(_choice: number, counts: Counts): string | undefined {
    const usage = this.#usage({ ...counts, completion: 0 }, false);
    const role = this.#request.behaviour.noRole ? '' : '"role":"assistant",';
    return event('message_start', `"message":{${this.#envelope()}${role}"content":[],"stop_reason":null,"stop_sequence":null${usage}}`);
  }

  token(_choice: number, token: Token): string {
    if (token.kind === 'end') return '';
    const opening = token.kind === this.#block ? '' : this.#closeBlock() + this.#openBlock(token.kind);
    return opening + (token.escaped === '' ? '' : event('content_block_delta', `${this.#index()}"delta":${deltaOf(token.kind, token.escaped)}`));
  }

  finish(_choice: number, _token: Token | undefined, reason: FinishReason, counts: Counts): string {
    const delta = `"delta":{"stop_reason":"${stopReasons[reason]}","stop_sequence":null}`;
    return this.#closeBlock() + event('message_delta', `${delta}${this.#usage(counts, true)}`);
  }

  usage(): string | undefined {
    return undefined;
  }

  done(): string {
    return event('message_stop', '');
  }

  failure(message: string): string {
    return event('error', `"error":{"type":"api_error","message":${JSON.stringify(message)}}`);
  }

  whole(choices: readonly ChoicePlan[], counts: Counts): string {
    const [plan] = choices;
    if (plan === undefined) throw new Error('an answer without a choice');
    const { content, reasoning, toolArguments } = gatherTexts(plan);
    const blocks: string[] = [];
    if (reasoning !== '') blocks.push(`{"type":"thinking","thinking":"${reasoning}","signature":""}`);
    if (content !== '') blocks.push(`{"type":"text","text":"${content}"}`);
    if (this.#request.toolName !== undefined) blocks.push(this.#toolBlock(wholeObject(toolArguments)));
    return `{${this.#envelope()}"role":"assistant","content":[${blocks.join(',')}],"stop_reason":"${stopReasons[plan.finishReason]}","stop_sequence":null${this.#usage(counts, true)}}`;
  }

  #envelope(): string {
    if (this.#request.behaviour.noEnvelope) return '';
    return `"id":"${this.#head.id}","type":"message","model":${this.#head.modelJson},`;
  }

  #usage(counts: Counts, final: boolean): string {
    const usage = writeUsage(messagesUsage, counts, final, this.#request.behaviour.usage);
    return usage === undefined ? '' : `,"usage":${usage}`;
  }

  #index(): string {
    return this.#request.behaviour.noIndex ? '' : `"index":${this.#blocks},`;
  }

  #openBlock(kind: BlockKind): string {
    this.#block = kind;
    const block = kind === 'content' ? '{"type":"text","text":""}' : kind === 'reasoning' ? '{"type":"thinking","thinking":""}' : this.#toolBlock();
    return event('content_block_start', `${this.#index()}"content_block":${block}`);
  }

  #closeBlock(): string {
    if (this.#block === undefined) return '';
    const closing = event('content_block_stop', this.#index().slice(0, -1));
    this.#block = undefined;
    this.#blocks++;
    return closing;
  }

  #toolBlock(input = '{}'): string {
    return `{"type":"tool_use","id":"toolu_${this.#head.id.slice(-24)}","name":${JSON.stringify(this.#request.toolName)},"input":${input}}`;
  }
}

/** Arguments that a limit cut are no JSON; the engine leaves them out then. */
function wholeObject(escaped: string): string {
  const text = JSON.parse(`"${escaped}"`) as string;
  return text.endsWith('}') ? text : '{}';
}

function deltaOf(kind: BlockKind, escaped: string): string {
  if (kind === 'content') return `{"type":"text_delta","text":"${escaped}"}`;
  return kind === 'reasoning' ? `{"type":"thinking_delta","thinking":"${escaped}"}` : `{"type":"input_json_delta","partial_json":"${escaped}"}`;
}

/** Input tokens are those that no cache held. */
function messagesUsage({ prompt, completion, cached }: UsageLiterals): string {
  const input = typeof prompt === 'number' ? prompt - cached : prompt;
  return `{"input_tokens":${input},"output_tokens":${completion}${cached > 0 ? `,"cache_creation_input_tokens":0,"cache_read_input_tokens":${cached}` : ''}}`;
}

function event(type: string, members: string): string {
  return `event: ${type}\ndata: {"type":"${type}"${members === '' ? '' : `,${members}`}}\n\n`;
}
