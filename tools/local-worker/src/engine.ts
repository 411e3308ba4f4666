/** A message as the model's own template takes it. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** How tokens are drawn. */
export interface Sampling {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number | undefined;
}

/** A loaded model that answers one prompt at a time. */
export interface Engine {
  /** Tokens of a prompt and its answer together. */
  readonly contextTokens: number;
  /** The prompt that the model's template makes of a conversation. Text that looks like a control token stays text. */
  tokenize(messages: readonly ChatMessage[]): readonly number[];
  /** The text of `tokens` that follow `before`; half a character at the end shows as U+FFFD. */
  detokenize(tokens: readonly number[], before: readonly number[]): string;
  /** Whether the model ends its answer with this token. */
  isEnd(token: number): boolean;
  /**
   * The tokens of an answer, one for each pull, without end: the caller stops. When it stops, or `signal` aborts, everything
   * that was computed for the prompt is dropped, so that no request can see that another came before.
   */
  generate(prompt: readonly number[], sampling: Sampling, signal: AbortSignal): AsyncGenerator<number, void>;
  /** Unloads the model. */
  dispose(): Promise<void>;
}
