import { ReceiveBuffer } from "@hawser/core/protocol";
import { InflateStream } from "../compress/inflate.ts";
import { ImapProtocolError } from "../errors.ts";
import { imapLineOctetsMax } from "../limits.ts";

/** The size of a literal at the end of a line: `{310}`, `{5+}`, `~{20}` (RFC 9051 §4.3, RFC 7888). */
export interface ImapLiteralSize {
  readonly octets: number;
  /** It comes without being asked for. */
  readonly isUnasked: boolean;
}

/** A line without its end, and the literal that it announces. */
export interface ImapFrameLine {
  readonly text: string;
  readonly literal: ImapLiteralSize | undefined;
}

/** Parts what arrives into lines and literals: the one place where octets are counted, for servers and clients. */
export class ImapFrames {
  readonly #buffer = new ReceiveBuffer();
  #inflater: InflateStream | undefined;
  #searched = 0;

  get octets(): number {
    return this.#buffer.octets;
  }

  push(chunk: Uint8Array): void {
    if (this.#inflater === undefined) this.#buffer.push(chunk);
    else this.#inflater.push(chunk);
  }

  /** What comes from now on is packed; what has come already, too. */
  decompress(): void {
    this.#inflater = new InflateStream();
    this.#inflater.push(this.#buffer.take());
    this.#searched = 0;
  }

  /** Unpacks a little more, if there is more. */
  #unpack(): boolean {
    const piece = this.#inflater?.read();
    if (piece !== undefined) this.#buffer.push(piece);
    return piece !== undefined;
  }

  /** Forgets what was not read. */
  clear(): void {
    this.#buffer.skip(this.#buffer.octets);
    this.#searched = 0;
  }

  /**
   * The next line; `undefined`: it has not come whole.
   * @throws {ImapProtocolError} `line-too-long`, `bad-literal`
   */
  line(octetsMax: number = imapLineOctetsMax): ImapFrameLine | undefined {
    const feed = this.#buffer.indexOf(10, this.#searched);
    const octets = feed === -1 ? this.#buffer.octets : feed;
    if (octets > octetsMax + 1)
      throw new ImapProtocolError("line-too-long", `Cannot read a line of more than ${octetsMax} octets`);
    if (feed === -1) {
      this.#searched = this.#buffer.octets;
      return this.#unpack() ? this.line(octetsMax) : undefined;
    }
    this.#searched = 0;
    const raw = this.#buffer.takeLatin1(feed + 1);
    const text = raw.slice(0, raw.endsWith("\r\n") ? -2 : -1);
    if (text.includes("\r") || text.includes("\0"))
      throw new ImapProtocolError("bad-syntax", "Cannot read a line: it has a CR or NUL in it", {
        section: "RFC 9051 §2.2",
      });
    return literalOf(text);
  }

  /** What has come of a literal, at most so many octets; `undefined`: nothing. */
  some(octetsMax: number): Uint8Array | undefined {
    if (this.#buffer.octets === 0) this.#unpack();
    const octets = Math.min(this.#buffer.octets, octetsMax);
    return octets === 0 ? undefined : this.#buffer.take(octets);
  }
}

/** `{` and a size at the end of a line. A size that is none is refused: it would be read as commands (negative ones hung Twisted). */
function literalOf(line: string): ImapFrameLine {
  if (!line.endsWith("}")) return { text: line, literal: undefined };
  const open = line.lastIndexOf("{");
  const inside = line.slice(open + 1, -1);
  if (open === -1 || insideQuotes(line, open)) return { text: line, literal: undefined };
  const [, size, plus] = /^(\d{1,15})(\+?)$/.exec(inside) ?? [];
  if (size === undefined) {
    if (!/^[-+]?\d/.test(inside)) return { text: line, literal: undefined }; // text that ends so, such as a search for "}"
    throw new ImapProtocolError("bad-literal", "Cannot read the size of a literal", { section: "RFC 9051 §4.3" });
  }
  const text = line.slice(0, line[open - 1] === "~" ? open - 1 : open);
  return { text, literal: { octets: Number(size), isUnasked: plus === "+" } };
}

/** Whether a place of a line lies within a quoted string. */
function insideQuotes(line: string, place: number): boolean {
  let isInside = false;
  for (let at = 0; at < place; at++) {
    if (line[at] === '"') isInside = !isInside;
    else if (line[at] === "\\" && isInside) at++;
  }
  return isInside;
}
