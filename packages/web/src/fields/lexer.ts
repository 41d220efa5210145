/**
 * Reads one field value from left to right (RFC 9110 §5.6). Every pattern is sticky and made of disjoint character
 * classes, so no input makes it look at a character more than a fixed number of times.
 */
export class HttpFieldLexer {
  readonly text: string;
  /** The offset of the next character. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at === this.text.length;
  }

  /** Takes what a sticky pattern matches here; `undefined` when it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** Takes one exact character; `false` when another one is here. */
  skip(character: string): boolean {
    const found = this.text[this.at] === character;
    if (found) this.at++;
    return found;
  }

  /** Skips optional white space. */
  ows(): this {
    this.take(OWS);
    return this;
  }

  token(): string | undefined {
    return this.take(TOKEN);
  }

  /** The content of a quoted-string, its escapes undone (RFC 9110 §5.6.4). */
  quotedString(): string | undefined {
    return this.take(QUOTED_STRING)?.slice(1, -1).replace(/\\(.)/gs, "$1");
  }

  /** `token / quoted-string`, the value of most parameters. */
  word(): string | undefined {
    return this.text[this.at] === '"' ? this.quotedString() : this.token();
  }

  /**
   * A comment with its outer parentheses removed and its escapes undone, nested at most eight deep (RFC 9110 §5.6.5).
   */
  comment(): string | undefined {
    const start = this.at;
    for (let depth = 0; depth <= COMMENT_DEPTH_MAX; ) {
      if (this.skip("(")) depth++;
      else if (depth > 0 && this.skip(")")) depth--;
      else if (depth === 0 || this.take(COMMENT_TEXT) === undefined) break;
      if (depth === 0) return this.text.slice(start + 1, this.at - 1).replace(/\\(.)/gs, "$1");
    }
    this.at = start;
    return undefined;
  }
}

/** The most members a list is read with; a longer list is malformed as a whole. */
export const httpFieldMembersMax = 256;

/** Says whether a text is a token (RFC 9110 §5.6.2): a method, a field name, a coding. */
export function isHttpToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text);
}

/**
 * Splits at a separator, but not inside quoted-strings. Members are trimmed, empty ones dropped (RFC 9110 §5.6.1.2).
 */
export function splitHttpList(text: string, separator: "," | ";" = ","): string[] | undefined {
  const members: string[] = [];
  for (let at = 0, start = 0; at <= text.length; at++) {
    if (text[at] === '"') at = closingQuote(text, at);
    else if (at === text.length || text[at] === separator) {
      const member = trimOws(text.slice(start, at));
      if (member !== "" && members.push(member) > httpFieldMembersMax) return undefined;
      start = at + 1;
    }
    if (at === UNCLOSED) return undefined;
  }
  return members;
}

/**
 * Checks a token on its way out.
 * @throws {TypeError} when it is not one
 */
export function formatToken(text: string): string {
  if (!isHttpToken(text)) throw new TypeError(`Cannot write ${JSON.stringify(text)}: not a token`);
  return text;
}

/**
 * Writes a quoted-string (RFC 9110 §5.6.4).
 * @throws {TypeError} on control characters, and on characters beyond one octet
 */
export function formatQuotedString(text: string): string {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
    throw new TypeError(`Cannot quote ${JSON.stringify(text)}: control or non-Latin-1 characters`);
  }
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Writes a token as it is and anything else as a quoted-string. */
export function formatWord(text: string): string {
  return isHttpToken(text) ? text : formatQuotedString(text);
}

/** Trims spaces and tabs, and nothing else (`trim` would take line ends and Unicode spaces too). */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function closingQuote(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return UNCLOSED;
}

const UNCLOSED = Number.POSITIVE_INFINITY;
const COMMENT_DEPTH_MAX = 8;
const OWS = /[ \t]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED_STRING = /"[^\x00-\x08\x0a-\x1f"\\\x7f]*(?:\\[^\x00-\x08\x0a-\x1f\x7f][^\x00-\x08\x0a-\x1f"\\\x7f]*)*"/y;
const COMMENT_TEXT = /(?:[^\x00-\x08\x0a-\x1f()\\\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])+/y;
