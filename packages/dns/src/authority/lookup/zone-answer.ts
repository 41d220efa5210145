import type { DomainName } from "../../name/domain-name.ts";
import type { DnsResponse } from "../../serving/reply.ts";

/** What a zone says to a question. */
export interface ZoneAnswer {
  readonly response: DnsResponse;
  /** Where a chain of aliases leads out of what this zone has authority over: another zone may know more. */
  readonly target: DomainName | undefined;
}

/** How a zone answers. */
export interface ZoneAnswerOptions {
  /**
   * Whether positive answers are without the names of the zone's servers, which nobody who got the answer needs. Additional
   * addresses of what an answer points at come in both cases. Default true.
   */
  readonly minimalResponses?: boolean | undefined;
  /**
   * What is told to those who ask for ANY: one set of the name (RFC 8482 §4.1), or all of them, which attackers like to have
   * sent to others. Default `"one"`.
   */
  readonly any?: "all" | "one" | undefined;
}
