import type { ReceiveBuffer } from "@hawser/core/protocol";
import { Http1ProtocolError } from "../errors.ts";
import type { Http1Limits } from "../limits.ts";
import { HeadScanner } from "../wire/head-scanner.ts";
import { type Http1ResponseHead, responseHead } from "../wire/response-head.ts";
import { parseStatusLine, type StatusLine } from "../wire/start-line.ts";

/** Reads one response head after another; the mirror of `RequestHeadReader`. */
export class ResponseHeadReader {
  readonly #scanner: HeadScanner;
  #line: StatusLine | undefined;

  constructor(limits: Http1Limits) {
    this.#scanner = new HeadScanner(limits, "head");
  }

  /** The next head, an answer to a request with `method`; `undefined` when more octets are needed. */
  read(input: ReceiveBuffer, method: string): Http1ResponseHead | undefined {
    const scanner = this.#scanner;
    if (!scanner.scan(input.storage, input.start, input.end)) {
      this.#judge(input);
      return undefined;
    }
    const head = input.takeLatin1(scanner.position);
    const line = this.#line ?? parseStatusLine(head, scanner.startLineEnd);
    const { marks } = scanner;
    scanner.reset();
    this.#line = undefined;
    return responseHead(line, head, marks, method);
  }

  /** Looks at an unfinished head: its first line, and why the scanner gave up, in this order. */
  #judge(input: ReceiveBuffer): void {
    const { startLineEnd, fault } = this.#scanner;
    if (startLineEnd !== -1) this.#line ??= parseStatusLine(input.peekLatin1(startLineEnd), startLineEnd);
    if (fault !== undefined) throw new Http1ProtocolError(fault);
  }
}
