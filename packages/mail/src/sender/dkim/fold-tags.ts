import { mailLineOctetsWanted } from "@hawser/mime";

/** Tags as they stand in a field, `v=1; a=…`, on lines of 78 octets where they can be parted: between tags, and in lists. */
export function foldTags(tags: readonly (readonly [name: string, value: string])[]): string {
  const text = tags.map(([name, value]) => `${name}=${value}`).join("; ");
  const pieces = text.split(/(?<=[;:]) ?/);
  let folded = "";
  let column = "DKIM-Signature: ".length;
  for (const piece of pieces) {
    const isParted = folded.endsWith(";");
    const width = piece.length + (isParted ? 1 : 0);
    if (folded !== "" && column + width > mailLineOctetsWanted) {
      folded += `\r\n\t${piece}`;
      column = 1 + piece.length;
    } else {
      folded += isParted ? ` ${piece}` : piece;
      column += width;
    }
  }
  return folded;
}
