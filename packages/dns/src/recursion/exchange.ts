import type { Instant } from "@hawser/core";
import type { DnsServerPlace } from "../client/exchanger.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import type { DomainName } from "../name/domain-name.ts";

/** A question that a resolution wants put to a server. */
export interface ResolutionAsk {
  readonly place: DnsServerPlace;
  /** The zone that the server is asked about, for limits by zone. */
  readonly zone: DomainName;
  readonly name: DomainName;
  /** The type's number. */
  readonly type: number;
  readonly message: DnsMessageInit;
  /** False for servers that do not know EDNS. */
  readonly withEdns: boolean;
  /** False for servers that may not take letters of mixed case ("0x20"). */
  readonly mixedCase: boolean;
  /** How long to wait for the answer, in ms. */
  readonly timeoutMs: number;
  readonly askedAt: Instant;
}

/** A question to a server, and what became of it: for whoever watches. */
export interface RecursionExchange {
  readonly ask: ResolutionAsk;
  readonly reply: DnsMessage | ExchangeFailure;
  /** How long it took. */
  readonly ms: number;
}

/** Why a server gave no answer. */
export interface ExchangeFailure {
  readonly type: "failure";
  /**
   * `timed-out`: nothing came; `unreachable`: nothing can come; `broken`: what came is no DNS message; `busy`: the question was
   * not asked, since too many about the zone are under way.
   */
  readonly code: "broken" | "busy" | "timed-out" | "unreachable";
  /** For people. */
  readonly text: string;
}
