/** 16 bytes as text with dashes; unlike the id of a request, an edge's is random and of no version. */
export function idText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
