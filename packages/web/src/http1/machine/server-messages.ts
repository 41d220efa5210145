import type { Instant } from "@hawser/core/protocol";

import type { HttpHeaders } from "../../http/headers.ts";
import type { Http1ProtocolError } from "../errors.ts";
import type { Http1Limits } from "../limits.ts";
import type { Http1Fields } from "../wire/outgoing-fields.ts";
import type { Http1RequestHead } from "../wire/request-head.ts";

/** What a server's machine needs from outside: the time, and how it presents itself. */
export interface Http1ServerOptions {
  /** Default {@link Http1Limits}; what is left out keeps its default. */
  readonly limits?: Partial<Http1Limits> | undefined;
  /** The reactor's clock. */
  readonly now: () => Instant;
  /**
   * The present IMF-fixdate, best kept for a second at a time; told what {@link now} says, so that the time is looked at once
   * for each response. Absent: responses carry no Date (RFC 9110 §6.6.1).
   */
  readonly date?: ((now: Instant) => string) | undefined;
  /** Sent as Server unless the response has one. Default: none. */
  readonly serverName?: string | undefined;
}

/** What a client did. */
export type Http1ServerEvent =
  /** A request begins; with `bodyKind: "none"` it is whole. The next one comes only when this one is answered. */
  | { readonly type: "request"; readonly head: Http1RequestHead }
  /** A piece of the body: a view of what was received. */
  | { readonly type: "body"; readonly chunk: Uint8Array }
  /** The body is complete. Trailers are validated and never merged into the headers (RFC 9110 §6.5.1). */
  | { readonly type: "request-end"; readonly trailers: HttpHeaders | undefined }
  /** The client will send no more, and stopped between requests. */
  | { readonly type: "end" };

/** Sends an interim response (RFC 9110 §15.2): 100 asks for the body, 102, 103. HTTP/1.0 clients do not get it. */
export interface Http1InformationalAction {
  readonly type: "informational";
  readonly status: number;
  readonly headers?: Http1Fields | undefined;
}

/**
 * Answers the request. With `body` it is whole at once; with `length` (a number of octets, or `unknown`) `body` actions
 * and a `response-end` follow; with neither the body is empty. Framing fields are the machine's: a Content-Length among
 * `headers` must be true (it counts where `length` is `unknown`), `Connection: close` is obeyed, Transfer-Encoding refused.
 */
export interface Http1ResponseAction {
  readonly type: "response";
  readonly status: number;
  /** Default: the usual phrase. */
  readonly reason?: string | undefined;
  readonly headers?: Http1Fields | undefined;
  /** Octets, or text whose every character is one octet. */
  readonly body?: string | Uint8Array | undefined;
  readonly length?: number | "unknown" | undefined;
}

/** Changes the protocol: 101 to a request with Upgrade (RFC 9110 §7.8), or 2xx to CONNECT (§9.3.6). Then take `takeRest()`. */
export interface Http1UpgradeAction {
  readonly type: "upgrade";
  readonly status: number;
  readonly headers?: Http1Fields | undefined;
}

/** What a server does. */
export type Http1ServerAction =
  | Http1InformationalAction
  | Http1ResponseAction
  | { readonly type: "body"; readonly chunk: Uint8Array | string }
  | { readonly type: "response-end"; readonly trailers?: Http1Fields | undefined }
  | Http1UpgradeAction
  /** The response cannot be finished: the connection is to be cut, so that nobody takes what was sent for the whole. */
  | { readonly type: "abandon" }
  /** Answers a broken request with a minimal error response, when no response has begun; otherwise as `abandon`. */
  | { readonly type: "refusal"; readonly error: Http1ProtocolError };
