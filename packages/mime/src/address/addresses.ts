import { decodeEncodedWords } from "../header/encoded-words.ts";
import { type MailToken, mailTokens } from "../header/tokens.ts";
import { mailAddressesMax } from "../limits.ts";

/** Somebody who gets or sends mail (RFC 5322 §3.4). */
export interface MailMailbox {
  readonly type: "mailbox";
  /** What people call them: `Alice`; absent where nobody says. */
  readonly name?: string | undefined;
  /** What stands before the `@`, without quotes: it may hold any character. */
  readonly localPart: string;
  /** What stands behind it: a name, or a literal such as `[192.0.2.1]`. Empty for a name of this system. */
  readonly domain: string;
}

/** Several under one name: `Team: a@example.org, b@example.org;`, or nobody: `undisclosed-recipients:;`. */
export interface MailGroup {
  readonly type: "group";
  readonly name: string;
  readonly members: readonly MailMailbox[];
}

/** Whatever stands in `To`, `Cc` and their like. */
export type MailAddress = MailGroup | MailMailbox;

/**
 * Reads the addresses of a field. What is none is left out, and what is spelled wrong is read as well as it can be; to refuse
 * it, see {@link parseMailbox}. Groups do not lie in each other, and comments cost nothing however deep they are. An address in a quoted
 * name stays a name: `"a@example.org" <b@example.net>` is b's.
 */
export function parseAddressList(text: string): readonly MailAddress[] {
  const reader = new AddressReader();
  for (const token of mailTokens(text)) {
    reader.token(token);
    if (reader.count >= mailAddressesMax) break;
  }
  return reader.finish();
}

/** Everybody in a list, those in groups too. */
export function mailboxesOf(addresses: readonly MailAddress[]): readonly MailMailbox[] {
  return addresses.flatMap((address) => (address.type === "group" ? address.members : [address]));
}

class AddressReader {
  count = 0;
  readonly #addresses: MailAddress[] = [];
  #words: MailToken[] = [];
  #comment: string | undefined;
  /** What stands between angle brackets, while they are open and after. */
  #angle: MailToken[] | undefined;
  #isInAngle = false;
  #group: { readonly name: string; readonly members: MailMailbox[] } | undefined;

  token(token: MailToken): void {
    if (token.type === "comment") this.#comment = token.text;
    else if (token.type !== "special") (this.#isInAngle ? this.#angle! : this.#words).push(token);
    else this.#special(token);
  }

  finish(): readonly MailAddress[] {
    this.#endMailbox();
    this.#endGroup();
    return this.#addresses;
  }

  #special(token: MailToken): void {
    switch (token.text) {
      case "<":
        this.#angle = [];
        this.#isInAngle = true;
        return;
      case ">":
        this.#isInAngle = false;
        return;
      case ",":
        if (this.#isRoute()) return;
        return this.#endMailbox();
      case ";":
        this.#endMailbox();
        return this.#endGroup();
      case ":":
        if (this.#isInAngle)
          this.#angle = []; // the end of a source route (RFC 5322 §4.4)
        else if (this.#group === undefined) this.#beginGroup();
        return;
      default:
        (this.#isInAngle ? this.#angle! : this.#words).push(token);
    }
  }

  /** `<@a.example,@b.example:user@c.example>`: its comma parts no addresses. */
  #isRoute(): boolean {
    return this.#isInAngle && this.#angle?.[0]?.text === "@";
  }

  #beginGroup(): void {
    this.#group = { name: phraseOf(this.#words), members: [] };
    this.#words = [];
    this.#comment = undefined;
  }

  #endGroup(): void {
    if (this.#group === undefined) return;
    this.#addresses.push({ type: "group", ...this.#group });
    this.#group = undefined;
    this.count++;
  }

  #endMailbox(): void {
    const mailbox = this.#mailbox();
    this.#words = [];
    this.#angle = undefined;
    this.#isInAngle = false;
    this.#comment = undefined;
    if (mailbox === undefined) return;
    this.count++;
    (this.#group?.members ?? this.#addresses).push(mailbox);
  }

  #mailbox(): MailMailbox | undefined {
    const place = addrSpec(this.#angle ?? this.#words);
    if (place === undefined) return undefined;
    const name = this.#angle === undefined ? "" : phraseOf(this.#words);
    const called = name === "" && this.#comment !== undefined ? decodeEncodedWords(this.#comment) : name;
    return { type: "mailbox", ...(called !== "" && { name: called }), ...place };
  }
}

/** Local part and domain: parted by the last `@` that is no part of a quoted string (RFC 5322 §3.4.1). */
function addrSpec(tokens: readonly MailToken[]): Pick<MailMailbox, "domain" | "localPart"> | undefined {
  const at = tokens.findLastIndex(({ type, text }) => type === "special" && text === "@");
  const local = at === -1 ? tokens : tokens.slice(0, at);
  // Words side by side are a name that lost its address, and no address.
  if (local.length === 0 || local.some(({ isSpaced, type }, i) => i > 0 && isSpaced && type === "atom" && at === -1))
    return;
  const domain = at === -1 ? "" : textOf(tokens.slice(at + 1));
  return { localPart: textOf(local), domain };
}

function textOf(tokens: readonly MailToken[]): string {
  return tokens.map(({ text }) => text).join("");
}

/** A display name: words with single spaces, encoded ones decoded; dots belong to what they follow (RFC 5322 §4.1). */
function phraseOf(tokens: readonly MailToken[]): string {
  const words = tokens.map(({ type, text, isSpaced }, i) => {
    const after = i > 0 && (isSpaced || type === "quoted" || tokens[i - 1]!.type === "quoted") ? " " : "";
    return after + text;
  });
  return decodeEncodedWords(words.join("")).trim();
}
