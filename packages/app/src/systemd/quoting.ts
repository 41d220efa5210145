/**
 * A word for a line of a unit (systemd.syntax(7), systemd.service(5)): in quotes where it must be, with `%` and, on command
 * lines, `$` doubled, so that nothing in it is expanded.
 * @throws {TypeError} for a NUL, which no file can hold
 */
export function unitWord(word: string, { isCommand = false }: { readonly isCommand?: boolean } = {}): string {
  if (word.includes("\0")) throw new TypeError("Cannot write a unit: a word has a NUL");
  const escaped = word
    .replace(/[\\"]/g, "\\$&")
    .replace(/[\x01-\x1f\x7f]/g, escapeControl)
    .replaceAll("%", "%%");
  const text = isCommand ? escaped.replaceAll("$", "$$$$") : escaped;
  if (word !== "" && word !== ";" && !/[\s"'\\\x01-\x1f\x7f]/.test(word)) return text;
  return `"${text}"`;
}

/** The words of a command. The first is a path, before which a letter such as `-` or `@` would mean something. */
export function unitCommand(words: readonly string[]): string {
  const [program = "", ...rest] = words;
  if (!program.startsWith("/")) throw new TypeError(`Cannot write a unit: ${JSON.stringify(program)} is no full path`);
  return [program, ...rest].map((word) => unitWord(word, { isCommand: true })).join(" ");
}

/** A text for people, on one line. */
export function unitText(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]+/g, " ")
    .replaceAll("%", "%%")
    .replace(/\\$/, "")
    .trim();
}

function escapeControl(c: string): string {
  return `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
