import type { MailHeader } from "../header/header.ts";
import { utf8TextOf } from "../header/octet-text.ts";
import { type MimeValue, parseMimeValue } from "../header/parameters.ts";
import { mimeBoundaryOctetsMax } from "../limits.ts";
import { contentTypeOf, type MimePart, transferEncodingOf } from "./part.ts";

/** A part whose end has not come. */
export class OpenPart {
  readonly start: number;
  readonly startLine: number;
  readonly parts: OpenPart[] = [];
  isInHeader = true;
  headerText = "";
  bodyStart = 0;
  bodyLine = 0;
  /** What parts its parts; absent where it has none, or the last one is there. */
  boundary: string | undefined;
  /** Whether its body is a message that is taken apart. */
  isMessage = false;
  readonly #fallbackType: string;
  #header: MailHeader | undefined;
  #contentType: MimeValue = parseMimeValue("text/plain");
  #transferEncoding = "7bit";
  #end = 0;
  #endLine = 0;

  constructor(start: number, startLine: number, fallbackType: string) {
    this.start = start;
    this.startLine = startLine;
    this.#fallbackType = fallbackType;
  }

  /** What its parts are that do not say it (RFC 2046 §5.1.5). */
  get partType(): string {
    return this.#contentType.value === "multipart/digest" ? "message/rfc822" : "text/plain";
  }

  beginBody(header: MailHeader, bodyStart: number, bodyLine: number, mayOpen: boolean): void {
    this.isInHeader = false;
    this.headerText = "";
    this.#header = header;
    this.#contentType = contentTypeOf(header, this.#fallbackType);
    this.#transferEncoding = transferEncodingOf(header);
    this.bodyStart = bodyStart;
    this.bodyLine = bodyLine;
    // What is encoded as a whole cannot be seen through, and may not be (RFC 2045 §6.4).
    if (!mayOpen || !["7bit", "8bit", "binary"].includes(this.#transferEncoding)) return;
    const { value, parameters } = this.#contentType;
    this.isMessage = value === "message/rfc822" || value === "message/global";
    const boundary = utf8TextOf(parameters.get("boundary") ?? "").trimEnd();
    if (value.startsWith("multipart/") && boundary !== "" && boundary.length <= mimeBoundaryOctetsMax)
      this.boundary = boundary;
  }

  close(end: number, line: number): void {
    this.boundary = undefined;
    this.#end = end;
    this.#endLine = line;
  }

  /** The part, and those in it, which are closed. */
  finish(end: number = this.#end, line: number = this.#endLine): MimePart {
    return {
      header: this.#header!,
      start: this.start,
      bodyStart: this.bodyStart,
      end,
      lineCount: line - this.startLine,
      bodyLineCount: line - this.bodyLine,
      contentType: this.#contentType,
      transferEncoding: this.#transferEncoding,
      parts: this.parts.map((part) => part.finish()),
    };
  }
}
