import { spfDomainOctetsMax } from "../limits.ts";
import { dottedAddress, readableAddress, type SpfSubject } from "./subject.ts";
import type { SpfMacroPiece, SpfMacroText } from "./words.ts";

/** What macros stand for. */
export interface SpfMacroValues {
  readonly subject: SpfSubject;
  /** The domain whose record it is. */
  readonly domain: string;
  /** A name of the peer's address that was checked; asked for when `p` is there. */
  readonly validatedName: () => Promise<string>;
  /** Who checks: macro `r`. */
  readonly receiver: string;
  /** Now, in milliseconds since 1970: macro `t`. */
  readonly now: number;
}

/** Text with its macros filled in (RFC 7208 §7.3). */
export async function expandSpfText(text: SpfMacroText, values: SpfMacroValues): Promise<string> {
  let expanded = "";
  for (const piece of text) expanded += piece.type === "text" ? piece.text : await expandMacro(piece, values);
  return expanded;
}

/** The same as a domain: without its last dot, and without labels on the left that are too much (RFC 7208 §7.3). */
export async function expandSpfDomain(text: SpfMacroText, values: SpfMacroValues): Promise<string> {
  let domain = (await expandSpfText(text, values)).replace(/\.$/, "");
  while (domain.length > spfDomainOctetsMax) domain = domain.slice(domain.indexOf(".") + 1 || domain.length);
  return domain;
}

type Macro = Extract<SpfMacroPiece, { readonly type: "macro" }>;

async function expandMacro(macro: Macro, values: SpfMacroValues): Promise<string> {
  const value = await macroValue(macro.letter, values);
  const parts = value.split(new RegExp(`[${macro.delimiters.replaceAll("-", "\\-")}]`));
  if (macro.isReversed) parts.reverse();
  const kept = macro.partsMax === undefined ? parts : parts.slice(-macro.partsMax);
  return macro.isEscaped ? urlEscape(kept.join(".")) : kept.join(".");
}

async function macroValue(letter: string, values: SpfMacroValues): Promise<string> {
  const { subject, domain, receiver, now } = values;
  switch (letter) {
    case "s":
      return subject.sender;
    case "l":
      return subject.sender.slice(0, subject.sender.lastIndexOf("@"));
    case "o":
      return subject.sender.slice(subject.sender.lastIndexOf("@") + 1);
    case "d":
      return domain;
    case "i":
      return dottedAddress(subject.address);
    case "p":
      return values.validatedName();
    case "v":
      return subject.address.length === 4 ? "in-addr" : "ip6";
    case "h":
      return subject.helo;
    case "c":
      return readableAddress(subject.address);
    case "r":
      return receiver;
    default:
      return String(Math.floor(now / 1000)); // t
  }
}

/** All but what is unreserved (RFC 7208 §7.3, RFC 3986 §2.3). */
function urlEscape(text: string): string {
  return text.replace(/[^A-Za-z0-9._~-]/gu, (character) =>
    [...Buffer.from(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
