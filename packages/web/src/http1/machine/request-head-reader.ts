import type { ReceiveBuffer } from "@hawser/core";
import { Http1ProtocolError } from "../errors.ts";
import type { Http1Limits } from "../limits.ts";
import { HeadScanner } from "../wire/head-scanner.ts";
import { type Http1RequestHead, requestHead } from "../wire/request-head.ts";
import { parseRequestLine, type RequestLine } from "../wire/start-line.ts";

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads one request head after another. A request line is judged as soon as it is there: a client of another protocol
 * hears of it at once, and its answer does not depend on how the network cut the octets.
 */
export class RequestHeadReader {
  readonly #limits: Http1Limits;
  readonly #scanner: HeadScanner;
  /** The request line, when it came before the rest of its head. */
  #line: RequestLine | undefined;
  #blankLines = 0;

  constructor(limits: Http1Limits) {
    this.#limits = limits;
    this.#scanner = new HeadScanner(limits, "head");
  }

  /** The next head; `undefined` when more octets are needed. */
  read(input: ReceiveBuffer): Http1RequestHead | undefined {
    const scanner = this.#scanner;
    if (scanner.position === 0 && !this.#skipBlankLines(input)) return undefined;
    if (!scanner.scan(input.storage, input.start, input.end)) {
      this.#judge(input);
      return undefined;
    }
    const head = input.takeLatin1(scanner.position);
    const line = this.#line ?? this.#parseLine(head);
    const { marks } = scanner;
    scanner.reset();
    this.#line = undefined;
    this.#blankLines = 0;
    return requestHead(line, head, marks);
  }

  /** A server ought to skip an empty line before a request line (RFC 9112 §2.2): old clients sent one after a body. */
  #skipBlankLines(input: ReceiveBuffer): boolean {
    while (input.octets > 0 && input.storage[input.start] === CR) {
      if (input.octets === 1) return false;
      if (input.storage[input.start + 1] !== LF) throw new Http1ProtocolError("bad-line-ending");
      if (++this.#blankLines > this.#limits.blankLinesMax) throw new Http1ProtocolError("bad-request-line");
      input.skip(2);
    }
    return input.octets > 0;
  }

  /** Looks at an unfinished head: its first line, and why the scanner gave up, in this order. */
  #judge(input: ReceiveBuffer): void {
    const { startLineEnd, fault } = this.#scanner;
    if (startLineEnd !== -1) this.#line ??= this.#parseLine(input.peekLatin1(startLineEnd));
    if (fault === undefined) return;
    throw new Http1ProtocolError(fault === "line-too-long" && startLineEnd === -1 ? "target-too-long" : fault);
  }

  #parseLine(text: string): RequestLine {
    return parseRequestLine(text, this.#scanner.startLineEnd, this.#limits.targetOctetsMax);
  }
}
