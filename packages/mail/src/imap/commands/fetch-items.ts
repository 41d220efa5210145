import { imapBad } from "../errors.ts";
import { type ImapSection, parseSection } from "../message/section.ts";
import type { ImapScanner } from "../wire/scanner.ts";

/** One thing that FETCH is asked for (RFC 9051 §6.4.5). */
export type ImapFetchItem =
  | {
      readonly type:
        | "FLAGS"
        | "INTERNALDATE"
        | "RFC822.SIZE"
        | "ENVELOPE"
        | "BODY"
        | "BODYSTRUCTURE"
        | "UID"
        | "MODSEQ"
        | "EMAILID"
        | "THREADID";
    }
  | {
      readonly type: "section";
      /** What it is answered by: `BODY[1]<0>`, or a name of IMAP4rev1 such as `RFC822.HEADER`. */
      readonly label: string | undefined;
      readonly section: ImapSection;
      readonly peek: boolean;
      readonly binary: boolean;
      readonly partial: { readonly start: number; readonly count: number } | undefined;
    }
  | { readonly type: "binary-size"; readonly section: ImapSection };

const simple = [
  "BODYSTRUCTURE",
  "ENVELOPE",
  "FLAGS",
  "INTERNALDATE",
  "RFC822.SIZE",
  "UID",
  "MODSEQ",
  "EMAILID",
  "THREADID",
] as const;

const macros: Readonly<Record<string, readonly ImapFetchItem["type"][]>> = {
  ALL: ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"],
  FAST: ["FLAGS", "INTERNALDATE", "RFC822.SIZE"],
  FULL: ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"],
};

const whole: ImapSection = { numbers: [], text: undefined, fields: [] };

/** Reads what is asked for: a macro, one thing, or a list. */
export function parseFetchItems(scanner: ImapScanner): readonly ImapFetchItem[] {
  for (const [name, types] of Object.entries(macros))
    if (new RegExp(`^${name}(?=$| )`, "i").test(scanner.rest)) {
      scanner.skip(name);
      return types.map((type) => ({ type }) as ImapFetchItem);
    }
  if (scanner.peek === "(") return scanner.list(() => parseItem(scanner));
  return [parseItem(scanner)];
}

function parseItem(scanner: ImapScanner): ImapFetchItem {
  if (scanner.skip("BINARY.SIZE[")) return { type: "binary-size", section: binarySection(scanner) };
  if (scanner.skip("BINARY.PEEK[")) return parseBinary(scanner, true);
  if (scanner.skip("BINARY[")) return parseBinary(scanner, false);
  if (scanner.skip("BODY.PEEK")) return parseBody(scanner, true);
  for (const type of simple) if (scanner.skip(type)) return { type };
  if (scanner.skip("RFC822.HEADER")) return section("RFC822.HEADER", { ...whole, text: "HEADER" }, true);
  if (scanner.skip("RFC822.TEXT")) return section("RFC822.TEXT", { ...whole, text: "TEXT" }, false);
  if (scanner.skip("RFC822")) return section("RFC822", whole, false);
  if (!scanner.skip("BODY")) throw imapBad("Something unknown is to be fetched");
  return scanner.peek === "[" ? parseBody(scanner, false) : { type: "BODY" };
}

function section(label: string, what: ImapSection, peek: boolean): ImapFetchItem {
  return { type: "section", label, section: what, peek, binary: false, partial: undefined };
}

function parseBody(scanner: ImapScanner, peek: boolean): ImapFetchItem {
  const what = parseSection(scanner);
  return { type: "section", label: undefined, section: what, peek, binary: false, partial: parsePartial(scanner) };
}

function parseBinary(scanner: ImapScanner, peek: boolean): ImapFetchItem {
  const what = binarySection(scanner);
  return { type: "section", label: undefined, section: what, peek, binary: true, partial: parsePartial(scanner) };
}

/** Numbers alone (RFC 9051 §6.4.5). */
function binarySection(scanner: ImapScanner): ImapSection {
  const numbers: number[] = [];
  while (!scanner.skip("]")) {
    if (numbers.length > 0) scanner.expect(".");
    const number = scanner.number();
    if (number === 0 || numbers.length > 100) throw scanner.fault("there is no such part");
    numbers.push(number);
  }
  return { ...whole, numbers };
}

function parsePartial(scanner: ImapScanner): { readonly start: number; readonly count: number } | undefined {
  if (!scanner.skip("<")) return undefined;
  const start = scanner.number64();
  scanner.expect(".");
  const count = scanner.number64();
  scanner.expect(">");
  if (count === 0) throw scanner.fault("nothing is asked for");
  return { start, count };
}
