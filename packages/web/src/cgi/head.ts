import { FramingError, LineReader, quote } from "@hawser/core";
import { HttpHeaders } from "../http/headers.ts";
import { CgiError } from "./errors.ts";

/** The head of a script's answer, understood (RFC 3875 §6.2). */
export interface CgiHead {
  readonly status: number;
  /** Without Status and the fields that belong to the connection. */
  readonly headers: HttpHeaders;
  /** The path and query of a local redirect (§6.2.2): nothing else is in such an answer. */
  readonly localRedirect: string | undefined;
}

/** What kind of head a script prints. */
export interface CgiHeadOptions {
  /** It prints a status line first, as HTTP has it: the script is called `nph-…` (RFC 3875 §5). Default false. */
  readonly statusLine?: boolean | undefined;
  /** The longest head. Default 65,536 octets. */
  readonly octetsMax?: number | undefined;
}

/** Reads the head of a script's answer. Lines end in LF or CRLF; names may be written in any case. */
export class CgiHeadReader {
  readonly #lines: LineReader;
  readonly #octetsMax: number;
  readonly #headers = new HttpHeaders();
  #status: number | undefined;
  #needsStatusLine: boolean;
  #octets = 0;

  constructor({ statusLine = false, octetsMax = 65_536 }: CgiHeadOptions = {}) {
    this.#octetsMax = octetsMax;
    this.#needsStatusLine = statusLine;
    this.#lines = new LineReader({ delimiter: "lf-or-crlf", lineOctetsMax: octetsMax });
  }

  /**
   * Takes a piece of the answer.
   * @returns the head, once it is complete
   * @throws {CgiError} `bad-head`, `head-too-long`
   */
  receive(chunk: Uint8Array): CgiHead | undefined {
    this.#lines.receive(chunk);
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      if (line === "") return this.#finish();
      if (this.#needsStatusLine) this.#readStatusLine(line);
      else this.#readField(line);
    }
    return undefined;
  }

  /** What came behind the head: the beginning of the document. */
  takeRest(): Uint8Array | undefined {
    return this.#lines.readRaw();
  }

  #nextLine(): string | undefined {
    try {
      const line = this.#lines.next();
      this.#octets += line === undefined ? 0 : line.length + 1;
      if (this.#octets > this.#octetsMax) throw headTooLong(this.#octetsMax);
      return line === undefined ? undefined : Buffer.from(line).toString("latin1");
    } catch (error) {
      throw error instanceof FramingError ? headTooLong(this.#octetsMax) : error;
    }
  }

  // Status-Line = HTTP-Version SP Status-Code SP Reason-Phrase
  #readStatusLine(line: string): void {
    const [, status] = /^HTTP\/1\.[01] ([2-5]\d\d)(?: .*)?$/.exec(line) ?? [];
    if (status === undefined) throw badHead(`${quote(line)} is no status line`, "RFC 3875 §5");
    this.#status = Number(status);
    this.#needsStatusLine = false;
  }

  // generic-field = field-name ":" [ field-value ] NL
  #readField(line: string): void {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
    if (name === "status") return this.#readStatus(value);
    if (name === "transfer-encoding") throw badHead("it frames its own body", "RFC 3875 §6.3.5");
    if (ofConnection.has(name)) return;
    try {
      this.#headers.append(name, value);
    } catch {
      throw badHead(`${quote(line)} is no field`);
    }
  }

  #readStatus(value: string): void {
    const [, status] = /^([2-5]\d\d)(?: .*)?$/.exec(value) ?? [];
    if (status === undefined || this.#status !== undefined)
      throw badHead(`${quote(value)} is no status`, "RFC 3875 §6.3.3");
    this.#status = Number(status);
  }

  #finish(): CgiHead {
    const headers = this.#headers;
    const location = headers.get("location");
    if (this.#status === undefined && headers.size === 0) throw badHead("it is empty", "RFC 3875 §6.2");
    const isLocal = location?.startsWith("/") === true && !location.startsWith("//");
    const localRedirect = isLocal && this.#status === undefined && headers.size === 1 ? location : undefined;
    return { status: this.#status ?? (location === undefined ? 200 : 302), headers, localRedirect };
  }
}

function badHead(what: string, section = "RFC 3875 §6.3"): CgiError {
  return new CgiError("bad-head", `Cannot read the head of the script's answer: ${what}`, { section });
}

function headTooLong(octetsMax: number): CgiError {
  return new CgiError(
    "head-too-long",
    `Cannot read the head of the script's answer: it has more than ${octetsMax} octets`,
  );
}

/** Of the connection, which is not the script's. */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);
