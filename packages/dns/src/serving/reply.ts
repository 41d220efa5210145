import { extendedError } from "../edns/options/extended-error.ts";
import type { EdnsOption } from "../edns/options/table.ts";
import type { DnsEncodedSet } from "../message/answer.ts";
import { DnsRcode } from "../words.ts";
import { ReusableResponse } from "./reusable-response.ts";

/**
 * An answer before it is written: values that may be made once and given to many askers, so nobody changes them. Id,
 * question, EDNS and signature belong to the asker, and the server adds them.
 */
export interface DnsResponse {
  readonly type: "response";
  /** One of {@link DnsRcode}. */
  readonly rcode: number;
  /** AA */
  readonly authoritative: boolean;
  /** RA */
  readonly recursionAvailable: boolean;
  /** AD: all of it was validated. */
  readonly authenticData: boolean;
  /** TC: there is more, which the asker shall fetch over TCP. What does not fit is cut, and told, without this. Default false. */
  readonly truncated?: boolean | undefined;
  readonly answers: readonly DnsEncodedSet[];
  readonly authorities: readonly DnsEncodedSet[];
  /** What may be left out when there is no room. */
  readonly additionals: readonly DnsEncodedSet[];
  /** How many of the additionals, from the first, a delegation does not work without: TC tells that one is missing (RFC 9471 §3.1). */
  readonly requiredAdditionals: number;
  /** Options for those who sent an OPT record, such as extended errors (RFC 8914). */
  readonly options: readonly EdnsOption[];
}

/**
 * A zone transfer (RFC 5936, RFC 1995): sets in the order in which they are sent, the SOA first and last, over as many
 * messages as it takes. Where only one datagram may be sent and not all fits, the first set goes alone (RFC 1995 §2).
 */
export interface DnsTransfer {
  readonly type: "transfer";
  readonly sets: Iterable<DnsEncodedSet> | AsyncIterable<DnsEncodedSet>;
}

/** What is done with a request; `drop` answers nothing. */
export type DnsReply = DnsResponse | DnsTransfer | { readonly type: "drop" };

/** Makes an answer: what is left out is false or none. */
export function dnsResponse(parts: Partial<Omit<DnsResponse, "type">>): DnsResponse {
  return new ReusableResponse(parts);
}

/** An answer that says no more than an rcode, made once for each. */
export function bareResponse(rcode: number): DnsResponse {
  const response = bare.get(rcode) ?? dnsResponse({ rcode });
  bare.set(rcode, response);
  return response;
}

/** The same, with why it is so for those who speak EDNS (RFC 8914). */
export function explainedResponse(rcode: number, infoCode: number, text: string): DnsResponse {
  return dnsResponse({ rcode, options: [extendedError(infoCode, text)] });
}

const bare = new Map<number, DnsResponse>();
