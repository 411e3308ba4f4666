import { getLlama, LlamaLogLevel, resolveChatWrapper, type ChatHistoryItem, type Token } from 'node-llama-cpp';
import type { ChatMessage, Engine } from './engine.ts';
import { prefillStepTokens } from './limits.ts';

export interface EngineOptions {
  /** A GGUF file with a chat template. */
  readonly modelFile: string;
  /** Threads that compute. More than one collapses where the cores are busy. */
  readonly threads: number;
  /** Tokens of context wanted; the model may have been trained for fewer. */
  readonly contextTokensMax: number;
  /** What llama.cpp has to say, one line each. It never holds text of a prompt or an answer. */
  readonly tell: (line: string) => void;
}

/** Loads a model. Throws where the file is no GGUF, has no chat template, or no engine fits this machine. */
export async function loadEngine({ modelFile, threads, contextTokensMax, tell }: EngineOptions): Promise<Engine> {
  const llama = await getLlama({
    // Never compile and never fetch: what the lock file brought is all there is.
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    gpu: process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    logger: (level, message) => tell(`llama.cpp ${level}: ${message.trim()}`),
  });
  const model = await llama.loadModel({ modelPath: modelFile });
  const contextTokens = Math.min(contextTokensMax, model.trainContextSize);
  const context = await model.createContext({ contextSize: contextTokens, threads, sequences: 1 });
  const sequence = context.getSequence();
  // The wrapper that would be guessed builds another prompt than the template in the file.
  const wrapper = resolveChatWrapper(model, { type: 'jinjaTemplate', fallbackToOtherWrappersOnJinjaError: false });
  return {
    contextTokens,
    tokenize: (messages) => wrapper.generateContextState({ chatHistory: toHistory(messages) }).contextText.tokenize(model.tokenizer),
    detokenize: (tokens, before) => model.detokenize(tokens as readonly Token[], false, before as readonly Token[]),
    isEnd: (token) => model.isEogToken(token as Token),
    async *generate(prompt, { temperature, topP, seed }, signal) {
      const tokens = prompt as readonly Token[];
      try {
        let read = 0;
        // All but the last token, which the first drawn token is drawn after.
        while (read < tokens.length - 1) {
          if (signal.aborted) return;
          const until = Math.min(read + prefillStepTokens, tokens.length - 1);
          await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(read, until));
          read = until;
        }
        const drawn = sequence.evaluate(tokens.slice(read), { temperature, topP, yieldEogToken: true, ...(seed === undefined ? {} : { seed }) });
        for await (const token of drawn) {
          if (signal.aborted) return;
          yield token;
        }
      } finally {
        await sequence.clearHistory();
      }
    },
    dispose: () => llama.dispose(),
  };
}

function toHistory(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  const history = messages.map(({ role, content }): ChatHistoryItem => (role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content }));
  return [...history, { type: 'model', response: [''] }];
}
