import type { Instant } from "@hawser/core/protocol";

import type { HttpHeaders } from "../../http/headers.ts";
import type { Http1Limits } from "../limits.ts";
import type { Http1Fields } from "../wire/outgoing-fields.ts";
import type { Http1ResponseHead } from "../wire/response-head.ts";

/** What a client's machine needs from outside. */
export interface Http1ClientOptions {
  /** Default `http1ClientLimits`; what is left out keeps its default. */
  readonly limits?: Partial<Http1Limits> | undefined;
  /** The reactor's clock. */
  readonly now: () => Instant;
}

/** What a server did. */
export type Http1ClientEvent =
  /** An interim response: 100 asks for the body, others may be ignored (RFC 9110 §15.2). The final one is still due. */
  | { readonly type: "informational"; readonly head: Http1ResponseHead }
  /** The final response begins; with `bodyKind: "none"` it is whole. It may come before the request is complete. */
  | { readonly type: "response"; readonly head: Http1ResponseHead }
  /** A piece of the body: a view of what was received. */
  | { readonly type: "body"; readonly chunk: Uint8Array }
  /** The body is complete. Trailers are validated and never merged into the headers (RFC 9110 §6.5.1). */
  | { readonly type: "response-end"; readonly trailers: HttpHeaders | undefined }
  /** The protocol has changed: 101, or 2xx to CONNECT. What follows is in `takeRest()`, and another protocol's. */
  | { readonly type: "upgraded"; readonly head: Http1ResponseHead }
  /** The server closed the connection, and owed nothing. */
  | { readonly type: "end" };

/**
 * Sends a request. With `body` it is whole at once; with `length` (a number of octets, or `unknown`) `body` actions and a
 * `request-end` follow; with neither it has no body. Framing fields are the machine's, as in a response.
 */
export interface Http1RequestAction {
  readonly type: "request";
  /** Any token; `HEAD` and `CONNECT` change what the response is. */
  readonly method: string;
  /** As it goes on the wire, percent-encoded: `/path?query`, to a proxy a whole URI, for CONNECT `host:port`. */
  readonly target: string;
  /** Sent as Host, first of all fields; unless `headers` have it. One of the two must be there. */
  readonly host?: string | undefined;
  readonly headers?: Http1Fields | undefined;
  /** Octets, or text whose every character is one octet. */
  readonly body?: string | Uint8Array | undefined;
  readonly length?: number | "unknown" | undefined;
}

/** What a client does. */
export type Http1ClientAction =
  | Http1RequestAction
  | { readonly type: "body"; readonly chunk: Uint8Array | string }
  | { readonly type: "request-end"; readonly trailers?: Http1Fields | undefined }
  /** The request is given up, or the response not wanted any more: the connection is to be cut. */
  | { readonly type: "abandon" };
