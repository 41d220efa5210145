import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { EdnsOption } from "../edns/options/table.ts";
import { type DnsReply, type DnsResponse, explainedResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";

/** Changes an answer; one that is at hand stays at hand, without a promise. Transfers and silence pass as they are. */
export function changeResponse(
  reply: DnsReply | Promise<DnsReply>,
  change: (response: DnsResponse) => DnsReply,
): DnsReply | Promise<DnsReply> {
  if (reply instanceof Promise) return reply.then((late) => changed(late, change));
  return changed(reply, change);
}

function changed(reply: DnsReply, change: (response: DnsResponse) => DnsReply): DnsReply {
  return reply.type === "response" ? change(reply) : reply;
}

/** What is said about an answer. */
export function extendedError(infoCode: number, text = ""): EdnsOption {
  return { type: "extended-error", infoCode, text };
}

/** SERVFAIL for those who would have to wait, where so many wait already. */
export const tooManyWait: DnsResponse = explainedResponse(
  DnsRcode.servFail,
  ExtendedDnsError.other,
  "Too many questions wait for an answer",
);

/** Whether a server said what is, or that there is nothing; everything else is a failure (RFC 8767 §4). */
export function isUsable(rcode: number): boolean {
  return rcode === DnsRcode.noError || rcode === DnsRcode.nxDomain;
}
