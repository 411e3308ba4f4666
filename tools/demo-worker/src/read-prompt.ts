import { fold } from './vocabulary.ts';

/** What the simulator takes from a prompt: its size, a hash of it, and the text that an echo repeats. */
export interface Prompt {
  readonly tokens: number;
  readonly hash: number;
  /** The text of the last message or prompt. */
  readonly lastText: string;
  /** Prompts in the request; 1 but for arrays of `/v1/completions`. */
  readonly count: number;
}

const tokensPerMessage = 4;
const tokensPerConversation = 3;
const tokensPerMedia = 256;
const bytesPerToken = 4;

/** Tokens of a text: a quarter of its bytes, as good an estimate as none, and never more than the bytes. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** Reads `messages`, and the instructions that some routes have beside them. Returns undefined when they are not an array of objects. */
export function readMessages(messages: unknown, tools: unknown, seed: number, instructions?: unknown): Prompt | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const { text: instruction } = readContent(instructions);
  let tokens = tokensPerConversation + (instruction === '' ? 0 : tokensPerMessage + countTokens(instruction));
  let hash = instruction === '' ? seed : fold(seed, instruction);
  let lastText = '';
  for (const message of messages as unknown[]) {
    if (typeof message !== 'object' || message === null) return undefined;
    const { text, media } = readContent((message as { content?: unknown }).content);
    tokens += tokensPerMessage + countTokens(text) + media * tokensPerMedia;
    hash = fold(hash, text);
    lastText = text;
  }
  if (tools !== undefined) tokens += countTokens(JSON.stringify(tools));
  return { tokens, hash, lastText, count: 1 };
}

/** The text of a message's content (a string, or parts), and how many of its parts are media. */
export function readContent(content: unknown): { text: string; media: number } {
  if (typeof content === 'string') return { text: content, media: 0 };
  if (!Array.isArray(content)) return { text: '', media: 0 };
  let text = '';
  let media = 0;
  for (const part of content as { text?: unknown }[]) {
    if (typeof part?.text === 'string') text += part.text;
    else media++;
  }
  return { text, media };
}

/** Reads `prompt` of `/v1/completions` or `input` of `/v1/embeddings`: a text, token ids, or an array of either. */
export function readTexts(prompt: unknown, seed: number): Prompt | undefined {
  if (typeof prompt === 'string') return { tokens: countTokens(prompt), hash: fold(seed, prompt), lastText: prompt, count: 1 };
  if (!Array.isArray(prompt) || prompt.length === 0) return undefined;
  if (prompt.every((item) => typeof item === 'number')) return { tokens: prompt.length, hash: fold(seed, prompt.join(',')), lastText: '', count: 1 };
  let tokens = 0;
  let hash = seed;
  let lastText = '';
  for (const item of prompt as unknown[]) {
    const one = typeof item === 'string' || Array.isArray(item) ? readTexts(item, hash) : undefined;
    if (one === undefined) return undefined;
    tokens += one.tokens;
    hash = one.hash;
    lastText = one.lastText;
  }
  return { tokens, hash, lastText, count: prompt.length };
}
