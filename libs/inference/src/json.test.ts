import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countMedia, editAsPieces, editAsText, findField, JsonError, jsonDepthMax, readBoolean, readInteger, readSmallObject, readString, requireNonEmptyArray, requireUnambiguous, scanObject, topLevelFieldsMax } from './index.ts';

const reasonOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof JsonError) return error.reason;
    throw error;
  }
  return 'accepted';
};
const scan = (text: string) => scanObject(Buffer.from(text));

/** JSON texts of objects with whitespace, escapes and long strings in every place. */
const jsonText = fc
  .tuple(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }), { maxKeys: 8 }), fc.constantFrom(undefined, 1, '\t', 4))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

test('what JSON.parse takes as an object, the scanner takes, with the same names and values in the same places', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      const object = scan(text);
      const twin = Object.entries(JSON.parse(text) as object);
      const seen = new Map(object.fields.map((field) => [field.name, JSON.parse(object.bytes.toString('utf8', field.valueStart, field.valueEnd)) as unknown]));
      expect([...seen].sort(byName)).toEqual(twin.sort(byName));
    }),
  );
});

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

test('what a changed byte makes of JSON, the scanner and JSON.parse judge alike', () => {
  const mutated = fc.tuple(jsonText, fc.nat(), fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', 'u', ' ', '\n', '\u0001', '\u001f', 'x', 't', '\ufeff'), fc.constantFrom(0, 1));
  fc.assert(
    fc.property(mutated, ([text, where, character, removed]) => {
      const at = where % (text.length + 1);
      const changed = text.slice(0, at) + character + text.slice(at + removed);
      expect(reasonOf(() => scan(changed)) === 'accepted').toBe(isJsonObject(changed));
    }),
    { numRuns: 3000 },
  );
});

/** The slow twin; it also refuses halves of surrogates, which no UTF-8 can hold. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(text).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

test('a control character is found at every place of a long string, whatever its alignment', () => {
  for (let shift = 0; shift < 8; shift++) {
    for (let at = 0; at < 350; at++) {
      const content = `${'é'.repeat(20)}${'ÿ\x7f~'.repeat(110)}`;
      const shifted = (text: string) => Buffer.from(`${' '.repeat(shift)}{"a":"${text}"}`).subarray(shift);
      expect(reasonOf(() => scanObject(shifted(`${content.slice(0, at)}\u001f${content.slice(at)}`)))).toBe('syntax');
      expect(reasonOf(() => scanObject(shifted(`${content.slice(0, at)} ${content.slice(at)}`)))).toBe('accepted');
    }
  }
});

test('escapes, right and wrong, are judged as JSON.parse does at every distance from the start of the string', () => {
  const escapes = ['\\n', '\\"', '\\\\', '\\u00e9', '\\ud800', '\\x', '\\u12g4', '\\u12', '\\', '\\\\\\"'];
  for (const escape of escapes) {
    for (let before = 0; before < 250; before += 7) {
      const text = `{"a":"${'b'.repeat(before)}${escape}${'c'.repeat(260)}","d":"${'e'.repeat(260)}\\t"}`;
      expect([text, reasonOf(() => scan(text)) === 'accepted']).toEqual([text, isJsonObject(text)]);
    }
  }
});

test.each([
  ['', 'syntax'],
  ['nul', 'syntax'],
  ['null', 'not_an_object'],
  ['[1]', 'not_an_object'],
  ['{"a":1}x', 'syntax'],
  ['{"a":01}', 'syntax'],
  ['{"a":NaN}', 'syntax'],
  ['{"a":1,}', 'syntax'],
  ['{"a" 1}', 'syntax'],
])('%j is %s', (text, reason) => {
  expect(reasonOf(() => scan(text))).toBe(reason);
});

test('depth and number of fields have limits', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  const wide = (fields: number) => `{${Array.from({ length: fields }, (_, i) => `"${i}":0`).join(',')}}`;
  expect([jsonDepthMax, jsonDepthMax + 1].map((depth) => reasonOf(() => scan(nested(depth))))).toEqual(['accepted', 'too_deep']);
  expect([topLevelFieldsMax, topLevelFieldsMax + 1].map((fields) => reasonOf(() => scan(wide(fields))))).toEqual(['accepted', 'too_many_fields']);
});

test('bytes that are no UTF-8 are refused', () => {
  expect(reasonOf(() => scanObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])))).toBe('invalid_utf8');
});

test('an error never holds a byte of what was read', () => {
  for (const text of ['{"canary":canary}', '{"a":"canary\n"}', '["canary"]', '{"model":"canary","model":"x"}', '{"model":"canary","n":"canary"}']) {
    const error: unknown = (() => {
      try {
        const object = scan(text);
        requireUnambiguous(object, (name) => name === 'model');
        readInteger(object, 'n', 1, 2);
      } catch (caught) {
        return caught;
      }
      return undefined;
    })();
    expect(error).toBeInstanceOf(JsonError);
    expect(JSON.stringify([String(error), { ...(error as JsonError) }])).not.toContain('canary');
  }
});

test.each([
  ['{"model":"a","x":1,"x":2}', 'accepted'],
  ['{"model":"a","model":"b"}', 'ambiguous_field'],
  ['{"mod\\u0065l":"a"}', 'ambiguous_field'],
  ['{"model":"a","Model":"b"}', 'ambiguous_field'],
  ['{"model":"a","to\u212Aens":"b"}', 'ambiguous_field'],
  ['{"model":"a","uſer":"b"}', 'ambiguous_field'],
  ['{"model":"a","Unknown":"b"}', 'accepted'],
])('%j is %s', (text, reason) => {
  expect(reasonOf(() => requireUnambiguous(scan(text), (name) => ['model', 'tokens', 'user'].includes(name)))).toBe(reason);
});

test('fields are read typed, and a wrong type names the field', () => {
  const object = scan('{"b":true,"i":1e2,"s":"h\\u00e9","o":{"include_usage":true},"z":null,"a":[ ],"f":1.5,"big":1e400}');
  expect([readBoolean(object, 'b'), readInteger(object, 'i', 0, 100), readString(object, 's', 10), readSmallObject(object, 'o', 100)]).toEqual([true, 100, 'hé', { include_usage: true }]);
  expect([readBoolean(object, 'z'), readInteger(object, 'z', 0, 1), readString(object, 'absent', 1)]).toEqual([undefined, undefined, undefined]);
  for (const wrong of [() => readBoolean(object, 's'), () => readInteger(object, 'f', 0, 9), () => readInteger(object, 'i', 0, 99), () => readInteger(object, 'big', 0, 9), () => readString(object, 's', 6), () => readSmallObject(object, 'a', 9), () => requireNonEmptyArray(object, 'a')]) {
    expect(reasonOf(wrong)).toBe('field_invalid');
  }
});

test('an integer is what a parser makes of it, in every spelling', () => {
  const digits = fc.oneof(fc.maxSafeInteger(), fc.nat({ max: 2_000_000_000 }), fc.constantFrom('-0', '1e3', '1.0', '120e-1', '1.5', '999999999', '1000000000', '9007199254740991')).map(String);
  fc.assert(
    fc.property(digits, (text) => {
      const value = Number(text);
      const read = () => readInteger(scan(`{"i":${text}}`), 'i', -100, 2 ** 40);
      if (Number.isInteger(value) && value >= -100 && value <= 2 ** 40) expect(read()).toBe(value);
      else expect(reasonOf(read)).toBe('field_invalid');
    }),
    { numRuns: 1000 },
  );
});

/** JSON in ASCII. */
function asciiOf(value: unknown): string {
  return JSON.stringify(value).replace(/[^\0-~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

test('surgery and parse-and-rebuild agree, and what is kept is kept byte for byte', () => {
  const name = fc.constantFrom<string>('a', 'b', 'model', 'stream', 'user', '', 'é"');
  const edits = fc.tuple(fc.uniqueArray(name), fc.dictionary(fc.constantFrom('model', 'stream', 'user', 'new'), fc.jsonValue({ maxDepth: 1 })));
  const text = fc.tuple(fc.dictionary(name, fc.jsonValue({ maxDepth: 2 })), fc.constantFrom(undefined, 2)).map(([value, indent]) => JSON.stringify(value, null, indent));
  fc.assert(
    fc.property(text, edits, (original, [removed, set]) => {
      const object = scan(original);
      const edits = { remove: (n: string) => removed.includes(n), set: Object.entries(set).map(([n, value]) => ({ name: n, json: asciiOf(value) })) };
      const edited = Buffer.concat(editAsPieces(object, edits));
      expect(Buffer.from(editAsText(object, edits), 'latin1').equals(edited)).toBe(true);
      const twin = Object.fromEntries([...Object.entries(JSON.parse(original) as object).filter(([n]) => !removed.includes(n)), ...Object.entries(set)]);
      expect(JSON.parse(edited.toString())).toEqual(JSON.parse(JSON.stringify(twin)));
      for (const field of object.fields) {
        if (removed.includes(field.name) || field.name in set) continue;
        const kept = scanObject(edited);
        const at = findField(kept, field.name)!;
        expect(edited.subarray(at.start, at.valueEnd).equals(object.bytes.subarray(field.start, field.valueEnd))).toBe(true);
      }
    }),
  );
});

test('nothing of a large body is copied', () => {
  const object = scan(`{"messages":"${'x'.repeat(100_000)}","user":"u"}`);
  const pieces = editAsPieces(object, { remove: (name) => name === 'user', set: [{ name: 'stream', json: 'true' }] });
  expect(Buffer.concat(pieces).toString()).toBe(`{"stream":true,"messages":"${'x'.repeat(100_000)}"}`);
  expect(pieces.filter((piece) => piece.buffer === object.bytes.buffer).reduce((sum, piece) => sum + piece.length, 0)).toBeGreaterThan(100_000);
});

const media = (messages: string) => {
  const object = scan(`{"messages":${messages}}`);
  return countMedia(object, findField(object, 'messages')!);
};

test.each([
  ['[{"role":"user","content":"an \\"image_url\\""}]', { count: 0, bytes: 0, remote: false }],
  ['[{"role":"user","content":[{"type":"text","text":"hi"}]}]', { count: 0, bytes: 0, remote: false }],
  ['[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]', { count: 1, bytes: 26, remote: false }],
  ['[{"content":[{"type":"image_url","image_url":{"url":"https://x.test/a.png"}}]}]', { count: 1, bytes: 0, remote: true }],
  ['[{"content":[{"type":"image_url","image_url":"DATA:image/png;base64,AAAA"}]}]', { count: 1, bytes: 26, remote: false }],
  ['[{"content":[{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"text","text":"x"}]}]', { count: 1, bytes: 4, remote: false }],
  ['[{"content":[{"type":"file","file":{"file_id":"f-1"}}]}]', { count: 1, bytes: 0, remote: true }],
  ['[{"content":{"type":"image_url","image_url":{"url":"//x.test/a"}}}]', { count: 1, bytes: 0, remote: true }],
  ['[{"cont\\u0065nt":[{"type":"image_url","image_url":{"url":"http://x"}}]}]', { count: 1, bytes: 0, remote: true }],
  ['[{"Content":[{"image_url":{"URL":"http://x"}}]}]', { count: 1, bytes: 0, remote: true }],
  ['[{"content":[{"type":"text","text":"a","image_url":{"url":"http://x"}}]}]', { count: 1, bytes: 0, remote: true }],
  ['[{"content":[{"type":"image_url","image_url":{"url":"\\u0068ttp://x"}}]}]', { count: 1, bytes: 0, remote: true }],
  ['[{"role":"assistant","tool_calls":[{"function":{"arguments":"{}"}}]}]', { count: 0, bytes: 0, remote: false }],
])('%s has %j', (messages, parts) => {
  expect(media(messages)).toEqual(parts);
});

test('a media part that hides a second field from the router is refused', () => {
  expect(reasonOf(() => media('[{"content":[{"type":"text","text":"x","typ\\u0065":"image_url"}]}]'))).toBe('ambiguous_field');
  expect(reasonOf(() => media('[{"content":[{"type":"image_url","image_url":{"url":"data:,","url":"http://x"}}]}]'))).toBe('ambiguous_field');
});
