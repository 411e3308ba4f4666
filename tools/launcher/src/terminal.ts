/** Where the launcher's words for people go. */
export interface Terminal {
  write(text: string): void;
  /** Whether lines may be overwritten and colours used. */
  readonly interactive: boolean;
  readonly colours: boolean;
}

/** The terminal behind a stream; plain lines where it is none or `NO_COLOR` is set (https://no-color.org). */
export function openTerminal(stream: NodeJS.WriteStream, environment: Readonly<Record<string, string | undefined>>): Terminal {
  // A terminal that was closed, or a reader that left, must not end a running deployment.
  stream.on('error', () => undefined);
  const interactive = stream.isTTY && environment['TERM'] !== 'dumb';
  return { write: (text) => void stream.write(text), interactive, colours: interactive && !environment['NO_COLOR'] };
}

/** Paints text for a terminal that has colours, else leaves it. */
export function paint(terminal: Terminal, style: keyof typeof styles, text: string): string {
  return terminal.colours ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}

const styles = { bold: '1', dim: '2', green: '32', yellow: '33', red: '31' } as const;
