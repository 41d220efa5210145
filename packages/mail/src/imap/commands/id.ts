import { type ImapServerCommand, imapCommand } from "../server/command.ts";
import { commandString, formatImapString, type ImapPiece } from "../wire/format.ts";
import { octetText } from "../wire/octet-text.ts";
import type { ImapScanner } from "../wire/scanner.ts";

/** Names and values that say who somebody is (RFC 2971 §3.3). */
export type ImapIdFields = ReadonlyMap<string, string | undefined>;

const fieldsMax = 30;

/** RFC 2971. */
export const idCommand: ImapServerCommand<unknown> = imapCommand({
  state: "any",
  parse(scanner) {
    scanner.space();
    return parseIdFields(scanner);
  },
  run({ session }) {
    session.untagged(`ID ("name" ${formatImapString(octetText(session.options.name ?? "Hawser"))})`);
    return undefined;
  },
});

/** `("name" "x" "version" NIL)` or `NIL`. */
export function parseIdFields(scanner: ImapScanner): ImapIdFields {
  if (scanner.skip("NIL")) return new Map();
  const words = scanner.list(() => scanner.nstring());
  if (words.length > 2 * fieldsMax) throw scanner.fault("there are too many fields");
  const pairs = words.flatMap((word, i) => (i % 2 === 0 ? [[word ?? "", words[i + 1]] as const] : []));
  return new Map(pairs);
}

/** The arguments of ID. */
export function formatId(fields: ImapIdFields): readonly ImapPiece[] {
  if (fields.size === 0) return ["ID NIL"];
  const words = [...fields].flatMap(([name, value]) => [
    commandString(octetText(name)),
    value === undefined ? "NIL" : commandString(octetText(value)),
  ]);
  // Values are strings, never atoms.
  const quoted = words.map((word) =>
    typeof word === "string" && word !== "NIL" && !word.startsWith('"') ? `"${word}"` : word,
  );
  return ["ID (", ...quoted.flatMap((word, i) => (i === 0 ? [word] : [" ", word])), ")"];
}
