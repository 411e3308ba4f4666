/** Chunks of `/v1/chat/completions` carry deltas, those of `/v1/completions` text. */
export type ChunkKind = 'chat' | 'text';

/** `object` of a chunk. */
export const objectNames: Readonly<Record<ChunkKind, string>> = { chat: 'chat.completion.chunk', text: 'text_completion' };

/** The parts of a streamed completion chunk that clients rely on, as parsed; everything else is kept as it is. */
export interface ChatChunk {
  id?: unknown;
  object?: unknown;
  created?: unknown;
  model?: unknown;
  choices?: unknown;
  usage?: unknown;
  [other: string]: unknown;
}

export interface ChatChoice {
  index?: unknown;
  delta?: unknown;
  text?: unknown;
  finish_reason?: unknown;
  [other: string]: unknown;
}

/** What is the same in every chunk of a stream. */
export interface ChunkIdentity {
  readonly id: string;
  /** Seconds. */
  readonly created: number;
  readonly model: string;
}

/** What a stream is known by: its first chunk says it, `fallback` fills in what that one omits. */
export function identityOf(chunk: ChatChunk, fallback: ChunkIdentity): ChunkIdentity {
  const { id, created, model } = chunk;
  return {
    id: typeof id === 'string' && id !== '' ? id : fallback.id,
    created: typeof created === 'number' ? created : fallback.created,
    model: typeof model === 'string' && model !== '' ? model : fallback.model,
  };
}

/**
 * Repairs a chunk in place, so that it has what clients rely on: `id`, `object`, `created`, `model`, `choices`,
 * and in each choice `index`, `finish_reason`, and `text` or `delta`, with a role in the first delta and an index
 * in each tool call. Returns whether anything had to be changed. `begun` holds the choices whose role has been sent.
 */
export function repairChunk(chunk: ChatChunk, kind: ChunkKind, identity: ChunkIdentity, begun: Set<number>): boolean {
  let repaired = false;
  for (const [name, value] of Object.entries({ ...identity, object: objectNames[kind] })) {
    if (chunk[name] === value) continue;
    chunk[name] = value;
    repaired = true;
  }
  if (!Array.isArray(chunk.choices)) {
    chunk.choices = [];
    repaired = true;
  }
  const choices = chunk.choices as unknown[];
  for (let i = 0; i < choices.length; i++) {
    if (!isObject(choices[i])) {
      choices[i] = {};
      repaired = true;
    }
    if (repairChoice(choices[i] as ChatChoice, kind, i, begun)) repaired = true;
  }
  return repaired;
}

function repairChoice(choice: ChatChoice, kind: ChunkKind, position: number, begun: Set<number>): boolean {
  let repaired = false;
  if (typeof choice.index !== 'number') {
    choice.index = position;
    repaired = true;
  }
  if (choice.finish_reason === undefined) {
    choice.finish_reason = null;
    repaired = true;
  }
  return (kind === 'chat' ? repairDelta(choice, begun) : repairText(choice, begun)) || repaired;
}

function repairText(choice: ChatChoice, begun: Set<number>): boolean {
  begun.add(choice.index as number);
  if (typeof choice.text === 'string') return false;
  choice.text = '';
  return true;
}

function repairDelta(choice: ChatChoice, begun: Set<number>): boolean {
  let repaired = false;
  if (!isObject(choice.delta)) {
    choice.delta = {};
    repaired = true;
  }
  const delta = choice.delta as Record<string, unknown>;
  const index = choice.index as number;
  if (!begun.has(index)) {
    begun.add(index);
    if (typeof delta['role'] !== 'string' || delta['role'] === '') {
      choice.delta = { ...delta, role: 'assistant' };
      repaired = true;
    }
  } else if (delta['role'] === '') {
    delete delta['role'];
    repaired = true;
  }
  return repairToolCalls(choice.delta as Record<string, unknown>) || repaired;
}

function repairToolCalls(delta: Record<string, unknown>): boolean {
  const calls = delta['tool_calls'];
  if (!Array.isArray(calls)) return false;
  let repaired = false;
  for (const [position, call] of (calls as unknown[]).entries()) {
    if (!isObject(call) || typeof call['index'] === 'number') continue;
    call['index'] = position;
    repaired = true;
  }
  return repaired;
}

/** Whether a choice carries nothing that was generated; otherwise its chunk counts as one token at least. */
export function choiceIsEmpty({ delta, text }: ChatChoice, kind: ChunkKind): boolean {
  return kind === 'chat' ? deltaIsEmpty(delta) : text === '';
}

function deltaIsEmpty(delta: unknown): boolean {
  if (!isObject(delta)) return true;
  return Object.entries(delta).every(([name, value]) => name === 'role' || value === null || value === '' || (Array.isArray(value) && value.length === 0));
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
