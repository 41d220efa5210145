import type { User } from "@hawser/auth/protocol";
import type { Address, Reactor, Security, Transport } from "@hawser/core/protocol";
import { decodePath, formatAddress } from "@hawser/core/protocol";
import type { Http1RequestHead } from "../http1/index.ts";
import { HttpError } from "./error.ts";
import type { HttpHeaders } from "./headers.ts";
import { type HttpBodySource, HttpRequestBody } from "./request-body.ts";

/** What the connection gives a request, besides its head. */
export interface HttpRequestContext extends HttpBodySource {
  readonly transport: Transport;
  /** Aborts when the client goes away before the answer is complete. Made when first asked for. */
  readonly signal: AbortSignal;
  /** Sends an informational response: 103 with Link fields, 102 (RFC 8297). */
  inform(status: number, headers: HttpHeaders): void;
}

/** Who has logged in to make a request. */
export interface HttpLogin {
  readonly user: User;
  /** How: `basic`, `digest`, `bearer`, `certificate`, `anonymous`. */
  readonly scheme: string;
}

/**
 * One request (RFC 9110 §3.4). What costs something to make (the decoded path, the query, the URL, the signal) is made
 * when first asked for.
 */
export class HttpRequest {
  readonly #head: Http1RequestHead;
  readonly #context: HttpRequestContext;
  /** Who makes it, where somebody has logged in: see {@link withLogin}. */
  login: HttpLogin | undefined;
  #body: HttpRequestBody | undefined;
  /** How many of {@link segments} the resources above the present one have consumed. */
  #depth = 0;
  #segments: readonly string[] | undefined;
  #query: URLSearchParams | undefined;
  #notes: Map<unknown, unknown> | undefined;

  constructor(head: Http1RequestHead, context: HttpRequestContext) {
    this.#head = head;
    this.#context = context;
  }

  /** A request for another place of this site, by the same client: GET or HEAD, and without a body (RFC 3875 §6.2.2). */
  redirectedTo(path: string, query: string | undefined): HttpRequest {
    const headers = this.headers.copy();
    for (const name of ["content-length", "content-type", "transfer-encoding"]) headers.delete(name);
    const { target, version, expectContinue, upgrade, keepAlive, keepAliveAsked } = this.#head;
    const head: Http1RequestHead = {
      method: this.method === "HEAD" ? "HEAD" : "GET",
      target: { ...target, form: "origin", path, query },
      rawTarget: query === undefined ? path : `${path}?${query}`,
      version,
      headers,
      bodyKind: "none",
      contentLength: undefined,
      expectContinue,
      upgrade,
      keepAlive,
      keepAliveAsked,
    };
    const redirected = new HttpRequest(head, this.#context);
    redirected.login = this.login;
    return redirected;
  }

  /** As sent, case and all: `GET`, `POST`, or any token. */
  get method(): string {
    return this.#head.method;
  }

  get body(): HttpRequestBody {
    this.#body ??= new HttpRequestBody(this.#context, this.#head.bodyKind === "none" ? 0 : this.#head.contentLength);
    return this.#body;
  }

  /** The body, if anybody has asked for it. */
  get bodyAsked(): HttpRequestBody | undefined {
    return this.#body;
  }

  get headers(): HttpHeaders {
    return this.#head.headers;
  }

  get version(): "1.0" | "1.1" {
    return this.#head.version;
  }

  /** The target exactly as the request line had it. */
  get rawTarget(): string {
    return this.#head.rawTarget;
  }

  /** The path, still percent-encoded: `/a%20b`. `*` for `OPTIONS *`; empty for CONNECT. */
  get path(): string {
    return this.#head.target.path;
  }

  /** The host and port the request is for, as the target or the Host field has them; empty when an HTTP/1.0 client gave none. */
  get authority(): string {
    return this.#head.target.authority;
  }

  /** The host of {@link authority} in lower case, without its port. */
  get host(): string {
    return this.authority.replace(/:\d*$/, "").toLowerCase();
  }

  get scheme(): "http" | "https" {
    return this.security === undefined ? "http" : "https";
  }

  /** The whole address, for links (RFC 9112 §3.3): `https://example.org/a?b`. */
  get url(): string {
    const path = this.path === "*" ? "" : this.path;
    return `${this.scheme}://${this.authority || hostOf(this.local)}${path}${this.queryText === "" ? "" : `?${this.queryText}`}`;
  }

  /** What follows the `?`, still encoded. */
  get queryText(): string {
    return this.#head.target.query ?? "";
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.queryText);
    return this.#query;
  }

  /**
   * The path taken apart at its slashes and percent-decoded. A slash at its end leaves no segment; {@link path} has it.
   * @throws {HttpError} 400 for `..`, NUL, an encoded slash, or octets that are not UTF-8
   */
  get segments(): readonly string[] {
    this.#segments ??= segmentsOf(this.path);
    return this.#segments;
  }

  /** The segments that the resource being rendered may use. */
  get rest(): readonly string[] {
    return this.#depth === 0 ? this.segments : this.segments.slice(this.#depth);
  }

  /** The encoded path that led to the resource being rendered, without a trailing slash: CGI's SCRIPT_NAME. */
  get prefix(): string {
    return this.segments
      .slice(0, this.#depth)
      .map((segment) => `/${encodeURIComponent(segment)}`)
      .join("");
  }

  /** A resource above has used this many of {@link rest}. */
  consume(segmentCount: number): void {
    this.#depth += segmentCount;
  }

  get reactor(): Reactor {
    return this.#context.transport.reactor;
  }

  get peer(): Address {
    return this.#context.transport.peer;
  }

  get local(): Address {
    return this.#context.transport.local;
  }

  /** TLS, when the connection has it. */
  get security(): Security | undefined {
    return this.#context.transport.security;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** The tokens of the Upgrade field, in lower case. */
  get upgrades(): readonly string[] {
    return this.#head.upgrade;
  }

  /** Who makes it, where somebody has logged in. */
  get user(): User | undefined {
    return this.login?.user;
  }

  /** Sends an informational response before the final one, such as 103 with Link fields (RFC 8297). */
  inform(status: 102 | 103, headers: HttpHeaders): void {
    this.#context.inform(status, headers);
  }

  /** Where filters and resources leave things for one another, by a key only they know. */
  get notes(): Map<unknown, unknown> {
    this.#notes ??= new Map();
    return this.#notes;
  }
}

/** What to call this server when the client does not. */
function hostOf(local: Address): string {
  return local.family === "ipv4" || local.family === "ipv6" ? formatAddress(local) : "localhost";
}

/** The path that was taken apart last: what is asked for often is asked for in a row. */
let lastPath = "";
let lastSegments: readonly string[] = [];

function segmentsOf(path: string): readonly string[] {
  if (!path.startsWith("/")) return [];
  if (path === lastPath) return lastSegments;
  try {
    lastSegments = decodePath(path);
    lastPath = path;
    return lastSegments;
  } catch (cause) {
    throw new HttpError(400, "The path of the request is not one a server may use", { cause });
  }
}
