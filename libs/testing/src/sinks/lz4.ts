/** Largest output of one frame that is looked into, in bytes. */
export const unpackedBytesMax = 67_108_864;

/** LZ4 block format (lz4_Block_format.md): token, literals, offset, match. Throws on anything else. */
export function unpackLz4Block(input: Buffer, outputBytesMax = unpackedBytesMax): Buffer {
  const output = new Output(outputBytesMax);
  let at = 0;
  const length = (nibble: number) => {
    let total = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; total += more) more = byteAt(input, at++);
    return total;
  };
  while (at < input.length) {
    const token = byteAt(input, at++);
    const literals = length(token >> 4);
    output.append(input.subarray(at, at + literals), literals);
    at += literals;
    if (at >= input.length) break;
    const offset = byteAt(input, at) | (byteAt(input, at + 1) << 8);
    at += 2;
    output.copy(offset, length(token & 15) + 4);
  }
  return output.bytes;
}

/** LZ4 frame format (lz4_Frame_format.md) without dictionaries. `input` begins with the magic; what follows the frame is ignored. */
export function unpackLz4Frame(input: Buffer): Buffer {
  const flags = byteAt(input, 4);
  if (flags >> 6 !== 1) throw new Error('not version 01');
  let at = 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
  const blocks: Buffer[] = [];
  for (;;) {
    const size = input.readUInt32LE(at);
    at += 4;
    if (size === 0) return Buffer.concat(blocks);
    const bytes = size & 0x7fff_ffff;
    const block = input.subarray(at, at + bytes);
    if (block.length !== bytes) throw new Error('cut off');
    blocks.push(size >>> 31 ? block : unpackLz4Block(block));
    at += bytes + (flags & 16 ? 4 : 0);
  }
}

/** What an LZ77 decoder writes: literals, and copies of what it has written. */
export class Output {
  #bytes = Buffer.allocUnsafe(65_536);
  #length = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  append(literals: Buffer, expected: number): void {
    if (literals.length !== expected) throw new Error('cut off');
    this.#reserve(expected);
    literals.copy(this.#bytes, this.#length);
    this.#length += expected;
  }

  copy(offset: number, count: number): void {
    if (offset === 0 || offset > this.#length) throw new Error('a copy of nothing');
    this.#reserve(count);
    for (let i = 0; i < count; i++, this.#length++) this.#bytes[this.#length] = this.#bytes[this.#length - offset] ?? 0;
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#max) throw new Error('too large');
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** The byte at an offset. Throws behind the end. */
export function byteAt(input: Buffer, at: number): number {
  const byte = input[at];
  if (byte === undefined) throw new Error('cut off');
  return byte;
}
