/** What an HTTP/1.1 connection may cost before it is refused or closed. Every bound is enforced by a machine unless it says otherwise. */
export interface Http1Limits {
  /** Octets of a start line and its fields together. Default 16 KiB (RFC 9112 §2.2 leaves it open; Node's default). Beyond: 431. */
  readonly headOctetsMax: number;
  /** Fields in one head. Default 100 (RFC 6585 §5; Apache's `LimitRequestFields`). Beyond: 431. */
  readonly fieldsMax: number;
  /** Octets of one line of a head. Default 8 KiB (RFC 9112 §3 asks for 8,000 in a request line; Apache allows 8,190). Beyond: 431, in a request line 414. */
  readonly lineOctetsMax: number;
  /** Octets of a request target. Default 8 KiB (RFC 9110 §4.1 asks for 8,000). Beyond: 414. */
  readonly targetOctetsMax: number;
  /** Empty lines that are skipped before a request line. Default 2 (RFC 9112 §2.2 asks for at least one). Beyond: 400. */
  readonly blankLinesMax: number;
  /** From the connection's start, or the first octet of a later head, to the end of that head. Default 10 s (RFC 9110 §15.5.9; nginx 60 s, Apache's reqtimeout 20 s). Beyond: 408. */
  readonly headTimeoutMs: number;
  /** Waiting for the next octet of a body. Default 30 s (nginx 60 s). Beyond: 408. */
  readonly bodyIdleTimeoutMs: number;
  /** All waiting for one body may last this long, and longer by one second for every {@link bodyOctetsPerSecondMin} received. Default 5 s. */
  readonly bodyGraceMs: number;
  /** The slowest body that is still read; 0: any. Default 240 octets a second (Apache's reqtimeout: 500; Kestrel: 240). Beyond: 408. */
  readonly bodyOctetsPerSecondMin: number;
  /** An idle connection between requests is kept this long. Default 15 s (RFC 9112 §9.5; Apache 5 s, nginx 75 s). */
  readonly keepAliveTimeoutMs: number;
  /** Requests on one connection; the last is answered with `Connection: close`. Default 1000 (RFC 9112 §9.3; nginx 1000). */
  readonly requestsMax: number;
  /** Octets of chunk extensions in one body. Default 16 KiB (RFC 9112 §7.1.1 asks for a limit; Node and Go after CVE-2024-22019 and CVE-2023-39326: 16 KiB). Beyond: 400. */
  readonly chunkExtensionOctetsMax: number;
  /** Octets of a trailer section. Default 4 KiB (RFC 9112 §7.1.2; hyper 16 KiB). Beyond: 431. */
  readonly trailerOctetsMax: number;
  /** Octets of a body that the application left unread, which are discarded to keep the connection. Default 64 KiB (RFC 9112 §9.3; Go allows 256 KiB). Beyond: close. */
  readonly drainOctetsMax: number;
  /** How long the driver goes on discarding what arrives after our last octet has left, lest a reset destroy it. Default 2 s (RFC 9112 §9.6; Apache 2 s, nginx 5 s). */
  readonly lingerTimeoutMs: number;
  /** Client: interim responses to one request. Default 16 (RFC 9110 §15.2 allows any number; Go bounds their octets). */
  readonly informationalMax: number;
  /** Client: from the end of the request to the head of the response, interim ones included. Default 300 s (undici). */
  readonly responseTimeoutMs: number;
}

/** The defaults: {@link Http1Limits} says where each comes from. */
export const http1Limits: Http1Limits = {
  headOctetsMax: 16 * 1024,
  fieldsMax: 100,
  lineOctetsMax: 8 * 1024,
  targetOctetsMax: 8 * 1024,
  blankLinesMax: 2,
  headTimeoutMs: 10_000,
  bodyIdleTimeoutMs: 30_000,
  bodyGraceMs: 5_000,
  bodyOctetsPerSecondMin: 240,
  keepAliveTimeoutMs: 15_000,
  requestsMax: 1000,
  chunkExtensionOctetsMax: 16 * 1024,
  trailerOctetsMax: 4 * 1024,
  drainOctetsMax: 64 * 1024,
  lingerTimeoutMs: 2_000,
  informationalMax: 16,
  responseTimeoutMs: 300_000,
};

/**
 * The defaults of a client. A response may come as slowly as its server likes, as streams of events do: only silence ends
 * patience, after 300 s (undici).
 */
export const http1ClientLimits: Http1Limits = { ...http1Limits, bodyIdleTimeoutMs: 300_000, bodyOctetsPerSecondMin: 0 };
