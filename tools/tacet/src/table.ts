import { printable, type Paint, type Style } from './paint.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** A style for a cell, by its text. */
  readonly style?: (text: string) => Style | undefined;
}

/** A table as lines: titles, then one line a row, columns as wide as their widest cell. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = measure(columns, rows);
  return [titles(columns, widths, paint), ...rows.map((row) => line(columns, row, widths, paint))].join('');
}

/** Named values as lines, the names in a column of their own. */
export function renderFields(fields: readonly (readonly [name: string, value: string])[], paint: Paint): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${paint('dim', name.padEnd(width))}  ${printable(value)}\n`).join('');
}

/**
 * A table of any length: the first rows decide how wide the columns are, later ones are written as they come.
 * `write` gets whole lines.
 */
export class StreamedTable {
  readonly #columns: readonly Column[];
  readonly #write: (text: string) => Promise<void>;
  readonly #paint: Paint;
  #waiting: (readonly string[])[] = [];
  #widths: readonly number[] | undefined;

  constructor(columns: readonly Column[], write: (text: string) => Promise<void>, paint: Paint) {
    this.#columns = columns;
    this.#write = write;
    this.#paint = paint;
  }

  /** Adds a row; it may be written later. */
  async add(row: readonly string[]): Promise<void> {
    if (this.#widths) return this.#write(line(this.#columns, row, this.#widths, this.#paint));
    this.#waiting.push(row);
    if (this.#waiting.length === measuredRows) await this.end();
  }

  /** Writes what still waits; nothing at all when there was no row. */
  async end(): Promise<void> {
    if (this.#widths || this.#waiting.length === 0) return;
    this.#widths = measure(this.#columns, this.#waiting);
    const lines = [titles(this.#columns, this.#widths, this.#paint)];
    for (const row of this.#waiting) lines.push(line(this.#columns, row, this.#widths, this.#paint));
    this.#waiting = [];
    await this.#write(lines.join(''));
  }
}

const measuredRows = 200;

function measure(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly number[] {
  return columns.map(({ title }, at) => rows.reduce((width, row) => Math.max(width, (row[at] ?? '').length), title.length));
}

function titles(columns: readonly Column[], widths: readonly number[], paint: Paint): string {
  const plain = columns.map(({ align = 'left' }) => ({ title: '', align }));
  return line(
    plain,
    columns.map(({ title }) => title),
    widths,
    (_, text) => paint('bold', text),
    'bold',
  );
}

function line(columns: readonly Column[], row: readonly string[], widths: readonly number[], paint: Paint, always?: Style): string {
  const cells = columns.map(({ align, style }, at) => {
    const text = printable(row[at] ?? '');
    const width = widths[at] ?? 0;
    const last = at === columns.length - 1 && align !== 'right';
    const padded = align === 'right' ? text.padStart(width) : last ? text : text.padEnd(width);
    const chosen = always ?? style?.(text);
    return chosen ? paint(chosen, padded) : padded;
  });
  return `${cells.join('  ')}\n`;
}
