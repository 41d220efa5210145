import { HttpHeaders } from "../../http/headers.ts";
import { Http1ProtocolError } from "../errors.ts";
import { type FramingFields, readFramingFields } from "./framing.ts";
import type { Http1Version, RequestLine } from "./start-line.ts";
import { type HttpTarget, isAuthority, parseTarget } from "./target.ts";

/** The head of a request as the wire brought it, with what the connection needs to know already read. */
export interface Http1RequestHead {
  /** Any token; the application answers 501 or 405 to those it does not know (RFC 9110 §9.1). */
  readonly method: string;
  readonly target: HttpTarget;
  readonly rawTarget: string;
  readonly version: Http1Version;
  readonly headers: HttpHeaders;
  /** `none` also for `Content-Length: 0`: no body event and no `request-end` will follow. */
  readonly bodyKind: "none" | "length" | "chunked";
  readonly contentLength: number | undefined;
  /** The client waits for `informational` 100 before it sends the body (RFC 9110 §10.1.1). */
  readonly expectContinue: boolean;
  /** Protocols the client would change to, lower case, in its order (RFC 9110 §7.8). */
  readonly upgrade: readonly string[];
  /** Whether the client lets the connection persist (RFC 9112 §9.3). */
  readonly keepAlive: boolean;
  /** Whether the client said `Connection: keep-alive` itself, as HTTP/1.0 clients must. */
  readonly keepAliveAsked: boolean;
}

/** What a head says, apart from its fields, and the text that these are read from. */
interface HeadFacts extends Omit<Http1RequestHead, "headers"> {
  readonly text: string;
  readonly marks: readonly number[];
}

/** A head whose fields are made when somebody asks for them, and are nobody else's. */
export class RequestHead implements Http1RequestHead {
  readonly #facts: HeadFacts;
  #headers: HttpHeaders | undefined;

  constructor(facts: HeadFacts) {
    this.#facts = facts;
  }

  /** The same head once more: whoever changes the fields of one changes no other's. */
  again(): RequestHead {
    return new RequestHead(this.#facts);
  }

  /** The head as it was received. */
  get text(): string {
    return this.#facts.text;
  }

  get method(): string {
    return this.#facts.method;
  }

  get target(): HttpTarget {
    return this.#facts.target;
  }

  get rawTarget(): string {
    return this.#facts.rawTarget;
  }

  get version(): Http1Version {
    return this.#facts.version;
  }

  get headers(): HttpHeaders {
    this.#headers ??= this.#readHeaders();
    return this.#headers;
  }

  get bodyKind(): Http1RequestHead["bodyKind"] {
    return this.#facts.bodyKind;
  }

  get contentLength(): number | undefined {
    return this.#facts.contentLength;
  }

  get expectContinue(): boolean {
    return this.#facts.expectContinue;
  }

  get upgrade(): readonly string[] {
    return this.#facts.upgrade;
  }

  get keepAlive(): boolean {
    return this.#facts.keepAlive;
  }

  get keepAliveAsked(): boolean {
    return this.#facts.keepAliveAsked;
  }

  /** A target that is absolute overrules the Host field (RFC 9112 §3.2.2). */
  #readHeaders(): HttpHeaders {
    const { target, text, marks } = this.#facts;
    const headers = HttpHeaders.overHead(text, marks);
    if (target.form === "absolute") headers.set("host", target.authority);
    return headers;
  }
}

/**
 * Joins a request line and scanned fields into a head.
 * @throws {Http1ProtocolError} when Host, target or framing break RFC 9112 §3.2 or §6
 */
export function requestHead(line: RequestLine, text: string, marks: readonly number[]): RequestHead {
  const framing = readFramingFields(text, marks, line.version);
  const target = parseTarget(line.method, line.rawTarget, checkHost(framing.host, line.version));
  const bodyKind = framing.chunked ? "chunked" : framing.contentLength ? "length" : "none";
  if (line.method === "CONNECT" && bodyKind !== "none") throw new Http1ProtocolError("ambiguous-length", "CONNECT");
  return new RequestHead({
    text,
    marks,
    method: line.method,
    target,
    rawTarget: line.rawTarget,
    version: line.version,
    bodyKind,
    contentLength: framing.contentLength,
    expectContinue: framing.expect === undefined ? false : expectsContinue(framing, line.version, bodyKind),
    upgrade: framing.upgrade,
    keepAlive: !framing.close && (line.version === "1.1" || framing.keepAlive),
    keepAliveAsked: framing.keepAlive,
  });
}

/** HTTP/1.1 requires Host, once and valid; HTTP/1.0 may leave it out (RFC 9112 §3.2). */
function checkHost(host: string | undefined, version: Http1Version): string {
  if (host === undefined && version === "1.0") return "";
  if (host === undefined || !isAuthority(host)) throw new Http1ProtocolError("bad-host");
  return host;
}

/** An expectation without a body, or from HTTP/1.0, is ignored; one we do not know fails (RFC 9110 §10.1.1). */
function expectsContinue(framing: FramingFields, version: Http1Version, bodyKind: string): boolean {
  if (version === "1.0") return false;
  if (framing.expect !== "100-continue") throw new Http1ProtocolError("unsupported-expectation");
  return bodyKind !== "none";
}
