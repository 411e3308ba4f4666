import type { Socket } from 'node:net';
import type { AnswerContext } from './answer-context.ts';
import type { DemoBehaviour } from './behaviour.ts';
import type { EventWriter } from './event-writer.ts';

/** What a fault may do to a stream. */
export interface FaultTarget {
  readonly context: AnswerContext;
  readonly socket: Socket;
  readonly writer: EventWriter;
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

function sendMalformed({ writer }: FaultTarget): boolean {
  writer.write('data: {"id":"chatcmpl-malformed","choices":[{"index":0,"delta":{"content":"\n\n');
  return true;
}

function sendErrorInside({ context, writer }: FaultTarget): boolean {
  const { dialect } = context.state;
  const text = context.request.behaviour.echo ? context.request.lastText : 'EngineCore encountered an issue. See stack trace (above) for the root cause.';
  const body = dialect.error(500, JSON.stringify(text), 'null');
  writer.write(`data: ${body.startsWith('{"error"') ? body : `{"error":${body}}`}\n\n`);
  if (dialect.doneAfterError) writer.write('data: [DONE]\n\n');
  writer.end(() => context.lifecycle.giveUp());
  return false;
}
