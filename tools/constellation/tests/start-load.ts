import { randomUUID } from 'node:crypto';
import { eventually } from '@tacet/testing';
import { streamChat } from './stream-chat.ts';

/** An answer that a reader has got, whole or cut. */
export interface Answer {
  /** Of the worker's receipt. */
  readonly tag: string;
  /** Pieces of text; the demo worker sends a token in each. */
  readonly received: number;
  /** Ended with `[DONE]`. */
  readonly done: boolean;
}

/** Readers that stream answers one after the other. */
export interface Load {
  /** Pieces of text that readers have received. */
  readonly received: number;
  /** Answers that have begun and ended; refused requests are none. */
  readonly answers: readonly Answer[];
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

const answerTokens = 120;
const tokensPerSecond = 200;

/** Starts readers; each asks for its next answer as soon as it has the last. */
export function startLoad({ url, apiKey, readers }: LoadOptions): Load {
  const stopping = new AbortController();
  const answers: Answer[] = [];
  const load = {
    received: 0,
    answers,
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
      const tag = randomUUID();
      let received = 0;
      const onText = () => {
        received++;
        load.received++;
      };
      const { status, done } = await streamChat({ url, apiKey, demo: { tag, tokens: answerTokens, tokensPerSecond }, onText });
      if (status === 200) answers.push({ tag, received, done });
      // An edge that is being started again refuses connections for a moment.
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const running = Promise.all(Array.from({ length: readers }, read));
  return load;
}
