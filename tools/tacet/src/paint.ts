import { styleText } from 'node:util';
import type { Environment } from '@tacet/service';
import type { TextStream } from './surroundings.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Puts a style around a text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

/** Colours only on a terminal, and never with NO_COLOR (https://no-color.org) or TERM=dumb. */
export function choosePaint(stream: TextStream, environment: Environment): Paint {
  const coloured = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** Takes out what a terminal would act on: names and addresses are chosen by account holders. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
