import type { Socket } from 'node:net';
import type { AnswerContext } from './answer-context.ts';
import type { DemoBehaviour } from './behaviour.ts';
import type { EventWriter } from './event-writer.ts';
import type { AnswerFormat } from './formats/answer-format.ts';

/** What a fault may do to a stream. */
export interface FaultTarget {
  readonly context: AnswerContext;
  readonly socket: Socket;
  readonly writer: EventWriter;
  readonly format: AnswerFormat;
  /** Goes on after so many milliseconds. */
  readonly resume: (afterMs: number) => void;
}

/** Something that happens to a stream after so many tokens. */
export interface StreamFault {
  readonly after: number;
  /** True: the stream goes on at once. */
  happen(target: FaultTarget): boolean;
}

/** The faults of a behaviour, in the order in which they happen. */
export function faultsOf(behaviour: DemoBehaviour): StreamFault[] {
  const { malformedAfter, stallAfter, errorAfter, endAfter, abortAfter, stallMs } = behaviour;
  const faults: StreamFault[] = [];
  const add = (after: number | undefined, happen: StreamFault['happen']) => {
    if (after !== undefined) faults.push({ after, happen });
  };
  add(malformedAfter, sendMalformed);
  add(stallAfter, (target) => {
    if (stallMs !== undefined) target.resume(stallMs);
    return false;
  });
  add(errorAfter, sendErrorInside);
  add(endAfter, ({ context, writer }) => {
    writer.end(() => context.lifecycle.giveUp());
    return false;
  });
  add(abortAfter, ({ context, socket }) => {
    context.lifecycle.giveUp();
    // What was written before still reaches the client; the end of the body never does.
    socket.destroySoon();
    return false;
  });
  return faults.sort((a, b) => a.after - b.after);
}

function sendMalformed({ writer, format }: FaultTarget): boolean {
  writer.write(format.malformed);
  return true;
}

function sendErrorInside({ context, writer, format }: FaultTarget): boolean {
  const { request, lifecycle } = context;
  const text = request.behaviour.echo ? request.lastText : 'EngineCore encountered an issue. See stack trace (above) for the root cause.';
  writer.write(format.failure(text, { prompt: request.promptTokens, completion: lifecycle.receipt.outputTokens, cached: request.cachedTokens }));
  writer.end(() => lifecycle.giveUp());
  return false;
}
