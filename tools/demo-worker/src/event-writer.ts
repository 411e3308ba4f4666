import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { DemoBehaviour } from './behaviour.ts';

/** Writes events to a client. The headers of the response must have been flushed. */
export interface EventWriter {
  /** Hands an event (whole lines, the empty line included) over. False: wait for `onceWritable`. */
  write(event: string): boolean;
  onceWritable(resume: () => void): void;
  /** Ends the response after everything written before it, and says when the last byte was handed over. */
  end(ended: () => void): void;
}

/** The writer that the behaviour asks for. */
export function createEventWriter(response: ServerResponse, socket: Socket, ascii: boolean, behaviour: DemoBehaviour): EventWriter {
  const { crlf, comments, writeBytes, splitUtf8 } = behaviour;
  if (crlf || comments || writeBytes !== undefined || splitUtf8) return new AwkwardWriter(response, socket, behaviour);
  return new PlainWriter(response, socket, ascii);
}

/**
 * One event, one HTTP chunk (RFC 9112 §7.1), one write, straight to the socket: `response.write` would make three buffers of it.
 * `response.end` writes the last chunk, so that the connection serves the next request.
 */
class PlainWriter implements EventWriter {
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #ascii: boolean;

  constructor(response: ServerResponse, socket: Socket, ascii: boolean) {
    this.#response = response;
    this.#socket = socket;
    this.#ascii = ascii;
  }

  write(event: string): boolean {
    // An empty chunk would end the body.
    if (event === '') return true;
    if (this.#ascii) return this.#socket.write(`${event.length.toString(16)}\r\n${event}\r\n`, 'latin1');
    return this.#socket.write(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`, 'utf8');
  }

  onceWritable(resume: () => void): void {
    this.#socket.once('drain', resume);
  }

  end(ended: () => void): void {
    this.#response.end();
    ended();
  }
}

/**
 * Writes what is legal and rare: CR LF, comments, pieces that end anywhere. Each piece is an HTTP chunk and a write of its own, a
 * turn of the event loop apart, so that a client meets it alone.
 */
class AwkwardWriter implements EventWriter {
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #behaviour: DemoBehaviour;
  readonly #pieces: Buffer[] = [];
  #waiting: (() => void) | undefined;
  #ended: (() => void) | undefined;
  #turning = false;

  constructor(response: ServerResponse, socket: Socket, behaviour: DemoBehaviour) {
    this.#response = response;
    this.#socket = socket;
    this.#behaviour = behaviour;
  }

  write(event: string): boolean {
    const text = this.#behaviour.comments ? `: a comment\n${event}:another, with data: {"inside":1}\n\n` : event;
    const bytes = Buffer.from(this.#behaviour.crlf ? text.replaceAll('\n', '\r\n') : text);
    this.#pieces.push(...(this.#behaviour.splitUtf8 ? cutInsideCharacters(bytes) : cutEvery(bytes, this.#behaviour.writeBytes ?? bytes.length)));
    this.#turn();
    return false;
  }

  onceWritable(resume: () => void): void {
    this.#waiting = resume;
    this.#turn();
  }

  end(ended: () => void): void {
    this.#ended = ended;
    this.#turn();
  }

  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      if (this.#socket.destroyed) return;
      const piece = this.#pieces.shift();
      if (piece) {
        const framed = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
        if (this.#socket.write(framed)) this.#turn();
        else this.#socket.once('drain', () => this.#turn());
      } else if (this.#ended) {
        this.#response.end();
        this.#ended();
      } else {
        const resume = this.#waiting;
        this.#waiting = undefined;
        resume?.();
      }
    });
  }
}

function cutEvery(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** Cuts after the first byte of every character that has more than one. */
function cutInsideCharacters(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0xc0) continue;
    pieces.push(bytes.subarray(start, at + 1));
    start = at + 1;
  }
  pieces.push(bytes.subarray(start));
  return pieces;
}
