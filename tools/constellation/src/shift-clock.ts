/**
 * Moves the clock of a process, for tests alone: `node --import 'file:///…/shift-clock.ts?file=PATH'`. The file
 * holds an offset in milliseconds, read again every 20 ms, so that a test can move the clock of a running process.
 * `Date` follows; monotonic clocks, timers and TLS do not. The product itself has no such switch.
 */
import { readFileSync } from 'node:fs';

const offsetFile = new URL(import.meta.url).searchParams.get('file');
if (offsetFile === null) throw new Error('shift-clock needs ?file=PATH');

const RealDate = Date;
let offsetMs = readOffset(offsetFile, 0);
setInterval(() => {
  offsetMs = readOffset(offsetFile, offsetMs);
}, 20).unref();

/** Calls without arguments give the moved time; all others are as ever. */
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[], newTarget) => Reflect.construct(target, given.length === 0 ? [RealDate.now() + offsetMs] : given, newTarget === globalThis.Date ? target : newTarget) as Date,
  apply: () => new RealDate(RealDate.now() + offsetMs).toString(),
  get: (target, property, receiver) => (property === 'now' ? () => RealDate.now() + offsetMs : (Reflect.get(target, property, receiver) as unknown)),
});

function readOffset(file: string, last: number): number {
  const text = readFileSync(file, 'utf8');
  return /^-?\d+$/.test(text) ? Number(text) : last;
}
