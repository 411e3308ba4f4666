const characters = 256;

/** Which bytes a header's name may have: `tchar` of RFC 9110 §5.6.2. */
export const isNameByte = tableOf(/[!#$%&'*+.^_`|~0-9A-Za-z-]/);
/** Which bytes a header's value may have, blanks included: RFC 9110 §5.5. No control character, so no line can end in one. */
export const isValueByte = tableOf(/[\t\x20-\x7e\x80-\xff]/);

/** 1 for each byte that is of the class. */
function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: characters }, (_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0));
}

/** Whether a text may be a header's name. */
export function isHeaderName(text: string): boolean {
  return text !== '' && isOf(isNameByte, text);
}

/** Whether a text may be a header's value; what is no byte is none. */
export function isHeaderValue(text: string): boolean {
  return isOf(isValueByte, text);
}

function isOf(table: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (table[text.charCodeAt(i)] !== 1) return false;
  return true;
}
