import type { ReceiveBuffer } from "@hawser/core/protocol";
import { Http1ProtocolError } from "../errors.ts";
import type { Http1Limits } from "../limits.ts";
import { HeadScanner } from "../wire/head-scanner.ts";
import { type RequestHead, requestHead } from "../wire/request-head.ts";
import { parseRequestLine, type RequestLine } from "../wire/start-line.ts";

const LF = 0x0a;
const CR = 0x0d;

/** What the readers of one server have in common. */
export interface SharedScanner {
  readonly limits: Http1Limits;
  /** Whoever begins a head that is not complete keeps it, and leaves a new one here: idle connections have none. */
  scanner: HeadScanner;
}

/** Longer heads are not kept for comparison: an idle connection should be small. */
const KEPT_OCTETS_MAX = 1024;

/**
 * Reads one request head after another. A request line is judged as soon as it is there: a client of another protocol
 * hears of it at once, and its answer does not depend on how the network cut the octets.
 *
 * Clients that keep a connection mostly ask with the same octets again. A head that is the last one of its connection,
 * octet for octet, is therefore known without being read: comparing costs a tenth.
 */
export class RequestHeadReader {
  readonly #shared: SharedScanner;
  /** Ours alone, while a head has begun and is not complete. */
  #own: HeadScanner | undefined;
  /** The request line, when it came before the rest of its head. */
  #line: RequestLine | undefined;
  #blankLines = 0;
  #last: RequestHead | undefined;
  /** A head is kept once another of its length came before it: connections that ask once and wait hold nothing. */
  #lastOctets = 0;

  constructor(shared: SharedScanner) {
    this.#shared = shared;
  }

  /** The next head; `undefined` when more octets are needed. */
  read(input: ReceiveBuffer): RequestHead | undefined {
    const scanner = this.#own ?? this.#shared.scanner;
    if (scanner.position === 0) {
      if (!this.#skipBlankLines(input)) return undefined;
      const again = this.#readAgain(input);
      if (again !== undefined) return again;
    }
    if (!scanner.scan(input.storage, input.start, input.end)) {
      this.#keep(scanner);
      this.#judge(input, scanner);
      return undefined;
    }
    const { marks, startLineEnd } = scanner;
    const text = input.takeLatin1(scanner.position);
    scanner.reset(); // others use it, also if what follows throws
    this.#own = undefined;
    const line = this.#line ?? this.#parseLine(text, startLineEnd);
    this.#line = undefined;
    this.#blankLines = 0;
    const head = requestHead(line, text, marks);
    const kept = text.length === this.#lastOctets && text.length <= KEPT_OCTETS_MAX;
    this.#last = kept ? head : undefined;
    this.#lastOctets = text.length;
    return head;
  }

  /** The head goes on with octets that come later: until then its scanner is nobody else's. */
  #keep(scanner: HeadScanner): void {
    if (this.#own !== undefined) return;
    this.#own = scanner;
    this.#shared.scanner = new HeadScanner(this.#shared.limits, "head");
  }

  #readAgain(input: ReceiveBuffer): RequestHead | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const { text } = last;
    if (input.octets < text.length || input.peekLatin1(text.length) !== text) return undefined;
    input.skip(text.length);
    this.#blankLines = 0;
    return last.again();
  }

  /** A server ought to skip an empty line before a request line (RFC 9112 §2.2): old clients sent one after a body. */
  #skipBlankLines(input: ReceiveBuffer): boolean {
    while (input.octets > 0 && input.storage[input.start] === CR) {
      if (input.octets === 1) return false;
      if (input.storage[input.start + 1] !== LF) throw new Http1ProtocolError("bad-line-ending");
      if (++this.#blankLines > this.#shared.limits.blankLinesMax) throw new Http1ProtocolError("bad-request-line");
      input.skip(2);
    }
    return input.octets > 0;
  }

  /** Looks at an unfinished head: its first line, and why the scanner gave up, in this order. */
  #judge(input: ReceiveBuffer, { startLineEnd, fault }: HeadScanner): void {
    if (startLineEnd !== -1) this.#line ??= this.#parseLine(input.peekLatin1(startLineEnd), startLineEnd);
    if (fault === undefined) return;
    throw new Http1ProtocolError(fault === "line-too-long" && startLineEnd === -1 ? "target-too-long" : fault);
  }

  #parseLine(text: string, lineEnd: number): RequestLine {
    return parseRequestLine(text, lineEnd, this.#shared.limits.targetOctetsMax);
  }
}
