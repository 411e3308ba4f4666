import { eventually } from '@tacet/testing';
import { streamChat } from './stream-chat.ts';

/** Readers that stream answers one after the other. */
export interface Load {
  /** Pieces of text that readers have received; the demo worker sends a token in each. */
  readonly received: number;
  /** Answers that ended neither with `[DONE]` nor by our own will. */
  readonly cut: number;
  /** Answers that were refused; a reader tries again. */
  readonly refused: number;
  /** Waits until so many more pieces have come. */
  untilReceived(more: number): Promise<void>;
  /** Lets the running answers end, and begins no new ones. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly readers: number;
}

const answerTokens = 60;
const tokensPerSecond = 100;

/** Starts readers; each asks for its next answer as soon as it has the last. */
export function startLoad({ url, apiKey, readers }: LoadOptions): Load {
  const stopping = new AbortController();
  const load = {
    received: 0,
    cut: 0,
    refused: 0,
    untilReceived: async (more: number) => {
      const target = load.received + more;
      await eventually(`${more} more tokens were received`, () => load.received >= target, 60_000);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
  const read = async () => {
    while (!stopping.signal.aborted) {
      const { status, done } = await streamChat({ url, apiKey, demo: { tokens: answerTokens, tokensPerSecond }, onText: () => void load.received++ });
      if (done) continue;
      // An edge that is being started again refuses connections; the next attempt is not a second one of the same answer.
      if (status !== 200) {
        load.refused++;
        await new Promise((resolve) => setTimeout(resolve, 50));
      } else load.cut++;
    }
  };
  const running = Promise.all(Array.from({ length: readers }, read));
  return load;
}
