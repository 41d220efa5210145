import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import type { DnsTransport } from "../serving/request.ts";
import type { TsigKey } from "../tsig/key.ts";

/** Where a server is asked, and how. `parseDnsServer` reads one from text. */
export interface DnsServerPlace {
  readonly transport: DnsTransport;
  /** A literal address; over TLS and HTTPS also a name, which the reactor looks up. */
  readonly host: string;
  /** 1 to 65,535: 53, 853 (RFC 7858 §3.1) or 443, where nothing else is said. */
  readonly port: number;
  /** The name that its certificate must have. Default: `host`. */
  readonly serverName?: string | undefined;
  /** Over HTTPS: the path of its URL (RFC 8484 §3). */
  readonly path?: string | undefined;
}

/** How one server is asked. */
export interface DnsExchangeOptions {
  readonly signal?: AbortSignal | undefined;
  /** For everything together: repetitions over UDP, and TCP when the answer was cut. Default 5,000 ms. */
  readonly timeoutMs?: number | undefined;
  /** Signs the question, and must have signed the answer (RFC 8945). */
  readonly tsigKey?: TsigKey | undefined;
  /** False asks without an OPT record. Default: with one, and without where the server does not know it (RFC 6891 §6.2.2). */
  readonly edns?: boolean | undefined;
  /** False spells names as they are given. Default: in letters of drawn case, where the client does that. */
  readonly mixedCase?: boolean | undefined;
  /** True gives an answer that was cut, instead of asking for it again over TCP. Default false. */
  readonly keepTruncated?: boolean | undefined;
}

/** Asks one server one question. */
export interface DnsExchanger {
  /**
   * Sends a message and gives the answer to it, whatever its rcode. The id of the message is chosen here; with EDNS unless the
   * options say otherwise. An answer counts when it comes from where the question went, with its id and its question.
   *
   * @throws {ConnectionError} `timed-out`, `refused`, `unreachable`, …
   * @throws {DnsProtocolError} when what comes over a stream is no DNS message, or not signed as it must be
   */
  exchange(message: DnsMessageInit, server: DnsServerPlace, options?: DnsExchangeOptions): Promise<DnsMessage>;
}
