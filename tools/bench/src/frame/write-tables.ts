/**
 * A document with the part between `<!-- bench NAME -->` and the next `<!-- end -->` replaced. Throws an `Error` where
 * there is no such part.
 */
export function writeTables(document: string, bench: string, tables: string): string {
  const begin = `<!-- bench ${bench} -->`;
  const end = '<!-- end -->';
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`the document has no part between ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${tables}\n\n${document.slice(to)}`;
}
