/** One form in which a text can lie in bytes. */
export interface Needle {
  readonly encoding: string;
  readonly bytes: Buffer;
}

/** What is looked for. */
export interface Quarry {
  readonly needles: readonly Needle[];
  /** What a finding is called. `window`: the bytes from the finding on. */
  labelAt(window: Buffer, encoding: string): string;
}

/** One text that is looked for as it is: a key, a password. The first 16 characters find it. */
export function knownText(label: string, text: string): Quarry {
  return { needles: encodingsOf(text.slice(0, 16)), labelAt: () => label };
}

/** Every form of an ASCII text that is looked for: as it is, and as programs, protocols and PostgreSQL write it. */
export function encodingsOf(text: string): readonly Needle[] {
  const utf8 = Buffer.from(text, 'latin1');
  const latin1 = (encoding: string, written: string): Needle => ({ encoding, bytes: Buffer.from(written, 'latin1') });
  const each = (write: (hex: string) => string) => [...utf8].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');
  return [
    { encoding: 'utf-8', bytes: utf8 },
    latin1('upper case', text.toUpperCase()),
    { encoding: 'utf-16le', bytes: Buffer.from(text, 'utf16le') },
    { encoding: 'utf-16be', bytes: Buffer.from(text, 'utf16le').swap16() },
    latin1('hex', utf8.toString('hex')),
    latin1('HEX', utf8.toString('hex').toUpperCase()),
    latin1('url escapes', each((hex) => `%${hex}`)),
    latin1('URL escapes', each((hex) => `%${hex.toUpperCase()}`)),
    latin1('json escapes', each((hex) => String.raw`\u00${hex}`)),
    latin1('JSON escapes', each((hex) => String.raw`\u00${hex.toUpperCase()}`)),
    ...[0, 1, 2].flatMap((shift) => base64At(utf8, shift)),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((at) => pglzAt(utf8, at)),
  ];
}

/** The characters of base64 that no neighbour has a bit in, where `shift` bytes of a group of three stand before the text. */
function base64At(utf8: Buffer, shift: number): Needle[] {
  const encoded = Buffer.concat([Buffer.alloc(shift), utf8]).toString('base64');
  const own = encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + utf8.length) * 8) / 6));
  const url = own.replaceAll('+', '-').replaceAll('/', '_');
  return [{ encoding: `base64 at ${shift}`, bytes: Buffer.from(own, 'latin1') }, ...(url === own ? [] : [{ encoding: `base64url at ${shift}`, bytes: Buffer.from(url, 'latin1') }])];
}

/**
 * Text that PostgreSQL compressed for itself (pg_lzcompress.c): a control byte stands before every eight items, 0 where
 * all eight are literals, as those of a text are that has not come before. `at`: literals before the first control byte.
 */
function pglzAt(utf8: Buffer, at: number): Needle {
  return { encoding: 'pglz', bytes: Buffer.concat([utf8.subarray(0, at), Buffer.of(0), utf8.subarray(at, at + 8)]) };
}
