import type { DemoBehaviour } from './behaviour.ts';
import type { GenerateRequest } from './read-request.ts';
import { multibyteWords, plainWords, preface, scatter } from './vocabulary.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls';

/** One token as the engine hands it out: what kind of text it is, and the text as the inside of a JSON string. */
export interface Token {
  readonly kind: 'content' | 'reasoning' | 'tool' | 'end';
  readonly escaped: string;
}

/** What a choice will say, decided before its first token. */
export interface ChoicePlan {
  /** Tokens, the end token among them; infinite for an endless one. */
  readonly length: number;
  readonly finishReason: FinishReason;
  /** The token at a position below `length`. */
  tokenAt(position: number): Token;
}

export interface AnswerPlan {
  readonly choices: readonly ChoicePlan[];
  /** Whether all texts are ASCII, so that characters are bytes. */
  readonly ascii: boolean;
}

const naturalTokensMin = 48;
const naturalTokensSpread = 64;
const endToken: Token = { kind: 'end', escaped: '' };
const prefaceTokens = preface.map((escaped): Token => ({ kind: 'content', escaped }));
const plainTokens = plainWords.map((escaped): Token => ({ kind: 'content', escaped }));
const multibyteTokens = multibyteWords.map((escaped): Token => ({ kind: 'content', escaped }));
const reasoningTokens = plainWords.map((escaped): Token => ({ kind: 'reasoning', escaped }));
/** The arguments of the one tool call that is made: a JSON object in pieces, escaped for the string that carries it. */
const toolArguments = ['{', '\\"demo\\"', ': ', 'true', '}'];

/** Decides the whole answer from the seed, the prompt and the behaviour. Pure: the same request, the same answer. */
export function planAnswer(request: GenerateRequest): AnswerPlan {
  const { behaviour } = request;
  const choices: ChoicePlan[] = [];
  for (let index = 0; index < request.choices; index++) choices.push(planChoice(request, scatter(request.hash, index)));
  return { choices, ascii: !behaviour.multibyte && !behaviour.splitUtf8 && !behaviour.echo };
}

function planChoice(request: GenerateRequest, seed: number): ChoicePlan {
  const { behaviour, toolName } = request;
  const texts = toolName === undefined ? textTokens(request, seed) : toolTokens(behaviour);
  const reasoning = behaviour.reasoning ?? 0;
  // The end token is a sampled token like any other, so engines count it.
  const natural = behaviour.tokens ?? reasoning + texts.count + 1;
  const end = request.ignoreEnd ? Number.POSITIVE_INFINITY : natural;
  const length = Math.min(end, request.limit);
  const stops = end <= request.limit;
  return {
    length,
    finishReason: !stops ? 'length' : toolName === undefined ? 'stop' : 'tool_calls',
    tokenAt: (position) => {
      if (stops && position === length - 1) return endToken;
      if (position < reasoning) return at(reasoningTokens, scatter(seed, position));
      return texts.tokenAt(position - reasoning);
    },
  };
}

interface Texts {
  readonly count: number;
  tokenAt(position: number): Token;
}

function textTokens(request: GenerateRequest, seed: number): Texts {
  const { behaviour } = request;
  if (behaviour.echo) return echoTokens(request.lastText);
  const words = behaviour.multibyte || behaviour.splitUtf8 ? multibyteTokens : plainTokens;
  const { tokenBytes } = behaviour;
  const tokenAt = (position: number) => prefaceTokens[position] ?? at(words, scatter(seed, position));
  return {
    count: naturalTokensMin + (scatter(seed, -1) % naturalTokensSpread),
    tokenAt: tokenBytes === undefined ? tokenAt : (position) => ({ kind: 'content', escaped: tokenAt(position).escaped.padEnd(tokenBytes, '.').slice(0, tokenBytes) }),
  };
}

/** The prompt again, a few characters to the token; over and over when more tokens are asked for. */
function echoTokens(text: string): Texts {
  const characters = [...text];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at += 4) {
    tokens.push({ kind: 'content', escaped: JSON.stringify(characters.slice(at, at + 4).join('')).slice(1, -1) });
  }
  return { count: tokens.length, tokenAt: (position) => (tokens.length === 0 ? endToken : at(tokens, position)) };
}

/** A tool call: its name is the first token, its arguments are the others. */
function toolTokens(behaviour: DemoBehaviour): Texts {
  const tokens = ['', ...toolArguments].map((escaped): Token => ({ kind: 'tool', escaped }));
  const extra = Math.max(0, (behaviour.tokens ?? 0) - (behaviour.reasoning ?? 0) - tokens.length - 1);
  // Longer calls have blanks before the brace that closes them.
  return {
    count: tokens.length,
    tokenAt: (position) => {
      if (position < tokens.length - 1) return at(tokens, position);
      return position < tokens.length - 1 + extra ? { kind: 'tool', escaped: ' ' } : at(tokens, tokens.length - 1);
    },
  };
}

function at(tokens: readonly Token[], index: number): Token {
  return tokens[index % tokens.length] ?? endToken;
}
