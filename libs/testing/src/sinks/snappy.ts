import { byteAt, Output, unpackedBytesMax } from './lz4.ts';

/** Snappy block format (format_description.txt): the length as a varint, then literals and copies. Throws on anything else. */
export function unpackSnappyBlock(input: Buffer): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0, more = true; more; shift += 7) {
    const byte = byteAt(input, at++);
    if (shift > 28) throw new Error('no length');
    size += (byte & 127) * 2 ** shift;
    more = byte > 127;
  }
  if (size > unpackedBytesMax) throw new Error('too large');
  const output = new Output(size);
  while (at < input.length) {
    const tag = byteAt(input, at++);
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >> 2) - 59);
      const length = (extra === 0 ? tag >> 2 : input.readUIntLE(at, extra)) + 1;
      at += extra;
      output.append(input.subarray(at, at + length), length);
      at += length;
    } else if ((tag & 3) === 1) {
      output.copy(((tag >> 5) << 8) | byteAt(input, at), ((tag >> 2) & 7) + 4);
      at += 1;
    } else {
      const width = (tag & 3) === 2 ? 2 : 4;
      output.copy(input.readUIntLE(at, width), (tag >> 2) + 1);
      at += width;
    }
  }
  return output.bytes;
}

/** Snappy framing format (framing_format.txt). `input` begins with the stream identifier; what is no chunk ends it. */
export function unpackSnappyFrames(input: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at + 4 <= input.length; ) {
    const kind = byteAt(input, at);
    const length = input.readUIntLE(at + 1, 3);
    const body = input.subarray(at + 4, at + 4 + length);
    if (body.length !== length) break;
    // A checksum of 4 bytes stands before the data.
    if (kind === 0) chunks.push(unpackSnappyBlock(body.subarray(4)));
    else if (kind === 1) chunks.push(body.subarray(4));
    else if (kind >= 2 && kind < 0x80) break;
    at += 4 + length;
  }
  return Buffer.concat(chunks);
}

/** The framing of snappy-java, which Kafka uses: a header of 16 bytes, then blocks, each after its length. */
export function unpackSnappyJava(input: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 16; at + 4 <= input.length; ) {
    const length = input.readUInt32BE(at);
    const block = input.subarray(at + 4, at + 4 + length);
    if (length === 0 || block.length !== length) break;
    try {
      chunks.push(unpackSnappyBlock(block));
    } catch (error) {
      // What follows the last block is not ours.
      if (chunks.length === 0) throw error;
      break;
    }
    at += 4 + length;
  }
  return Buffer.concat(chunks);
}
