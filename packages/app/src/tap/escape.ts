/**
 * How texts stand in a tax file. XML cannot hold most control characters, not even by their number, and changes line ends
 * and the spaces of attributes; so everything that it would not keep is escaped as in JSON, with `\` for itself.
 */

/** Escapes a text for an element or an attribute in double quotes. */
export function escapeXmlText(text: string): string {
  const kept = text.replace(unkept, (character) => named[character] ?? `\\u${hex(character.charCodeAt(0))}`);
  return kept.replace(/[&<>"]/g, (character) => entities[character]!);
}

/** Undoes what {@link escapeXmlText} did beyond XML's own escapes. `undefined` when an escape means nothing. */
export function unescapeXmlText(text: string): string | undefined {
  let isSound = true;
  const plain = text.replace(/\\(?:u([\da-f]{4})|([\\nrt]))|\\/g, (_, code?: string, letter?: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    isSound &&= letter !== undefined;
    return letters[letter ?? ""] ?? "";
  });
  return isSound ? plain : undefined;
}

/** A backslash, control characters, what XML has no character for, separators that editors break lines at, lone surrogates. */
const unkept =
  /[\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const named: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const letters: Readonly<Record<string, string>> = { "\\": "\\", n: "\n", r: "\r", t: "\t" };
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function hex(code: number): string {
  return code.toString(16).padStart(4, "0");
}
