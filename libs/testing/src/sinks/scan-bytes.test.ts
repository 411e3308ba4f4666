import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { CanarySet } from './canaries.ts';
import { scanBytes } from './scan-bytes.ts';
import { unpackLz4Block } from './lz4.ts';
import { unpackSnappyBlock } from './snappy.ts';

const canaries = new CanarySet();
const canary = canaries.mint('the prompt');
const around = Buffer.from('words of no importance, ');

const hexEach = (write: (hex: string) => string) => [...Buffer.from(canary)].map((byte) => write(byte.toString(16))).join('');

const forms: [string, Buffer | string][] = [
  ['utf-8', canary],
  ['upper case', canary.toUpperCase()],
  ['utf-16le', Buffer.from(canary, 'utf16le')],
  ['utf-16be', Buffer.from(canary, 'utf16le').swap16()],
  ['hex', Buffer.from(canary).toString('hex')],
  ['HEX', Buffer.from(canary).toString('hex').toUpperCase()],
  ['url escapes', hexEach((hex) => `%${hex}`)],
  ['json escapes', hexEach((hex) => String.raw`\u00${hex}`)],
  ['base64 at 0', Buffer.from(`abc${canary}`).toString('base64')],
  ['base64 at 1', Buffer.from(`a${canary}x`).toString('base64')],
  ['base64 at 2', Buffer.from(`ab${canary}xy`).toString('base64url')],
];

/** One literal after another, as the smallest compressor writes a text that does not repeat. */
const lz4Block = (text: Buffer) => Buffer.concat([Buffer.of(0xf0, text.length - 15), text]);
const lz4Frame = (block: Buffer) => {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(block.length);
  return Buffer.concat([Buffer.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82), size, block, Buffer.alloc(4)]);
};
const snappyBlock = (text: Buffer) => Buffer.concat([Buffer.of(text.length, 60 << 2, text.length - 1), text]);
const snappyFrame = (block: Buffer) => Buffer.concat([Buffer.from('\xff\x06\x00\x00sNaPpY\x00', 'latin1'), Buffer.of(block.length + 4, 0, 0), Buffer.alloc(4), block]);
const snappyJava = (block: Buffer) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(block.length);
  return Buffer.concat([Buffer.from('\x82SNAPPY\x00', 'latin1'), Buffer.of(0, 0, 0, 1, 0, 0, 0, 1), size, block]);
};

/** Base64 inside, so that no text stands in the frame as it is. */
const inner = Buffer.from(Buffer.from(canary).toString('base64'));
const frames: [string, Buffer][] = [
  ['gzip', gzipSync(Buffer.concat([around, inner]))],
  ['zstd', zstdCompressSync(Buffer.concat([around, inner]))],
  ['lz4', lz4Frame(lz4Block(inner))],
  ['snappy', snappyFrame(snappyBlock(inner))],
  ['snappy-java', snappyJava(snappyBlock(inner))],
];

test.each(forms)('a canary is found and named where it is written as %s', (encoding, written) => {
  const found = scanBytes(Buffer.concat([around, Buffer.from(written), around]), canaries, 'here');
  expect(found).toContainEqual({ where: 'here', encoding, label: 'the prompt' });
});

test.each(frames)('a canary is found inside a %s frame in the middle of other bytes', (name, frame) => {
  const found = scanBytes(Buffer.concat([around, frame, around]), canaries, 'here');
  expect(found.map(({ encoding, label }) => [encoding, label])).toContainEqual([`${name} > base64 at 0`, 'the prompt']);
});

test('a frame within a frame is looked into', () => {
  const found = scanBytes(gzipSync(zstdCompressSync(inner)), canaries, 'here');
  expect(found.map(({ encoding }) => encoding)).toContain('gzip > zstd > base64 at 0');
});

test('what a program that was killed left of a gzip member is looked into', () => {
  const whole = gzipSync(Buffer.concat([inner, Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 251))]));
  expect(scanBytes(whole.subarray(0, -200), canaries, 'here').map(({ label }) => label)).toContain('the prompt');
});

test.each([0, 1, 2, 3, 4, 5, 6, 7])('text that PostgreSQL compressed is found %i literals after a control byte', (before) => {
  const literals = Buffer.from('#'.repeat(before) + canary);
  const groups = Array.from({ length: Math.ceil(literals.length / 8) }, (_, i) => Buffer.concat([Buffer.of(0), literals.subarray(i * 8, i * 8 + 8)]));
  expect(scanBytes(Buffer.concat(groups), canaries, 'here').map(({ encoding }) => encoding)).toContain('pglz');
});

test('canaries are told apart, and another set finds none of them', () => {
  const second = canaries.mint('the answer');
  const found = scanBytes(Buffer.from(`${canary} ${second}`), canaries, 'here');
  expect(found.map(({ label }) => label).sort()).toEqual(['the answer', 'the prompt']);
  expect(scanBytes(Buffer.from(`${canary} ${second}`), new CanarySet(), 'here')).toEqual([]);
  expect(scanBytes(Buffer.from(canaries.mark), canaries, 'here')).toEqual([{ where: 'here', encoding: 'utf-8', label: 'unknown' }]);
});

test('copies of what came before are resolved', () => {
  // Literal "abcd", then 8 bytes from 4 back; then the five literals that end a block.
  expect(unpackLz4Block(Buffer.concat([Buffer.of(0x44), Buffer.from('abcd'), Buffer.of(4, 0, 0x50), Buffer.from('tails')])).toString()).toBe('abcdabcdabcdtails');
  expect(unpackSnappyBlock(Buffer.concat([Buffer.of(12, 3 << 2), Buffer.from('abcd'), Buffer.of((4 << 2) | 1, 4)])).toString()).toBe('abcdabcdabcd');
});
