import type { EdnsOption } from "../../edns/options/table.ts";
import { DnsFlag } from "../../message/flags.ts";
import type { DnsMessage, DnsMessageInit } from "../../message/message.ts";
import type { DnsQuery } from "../../message/query.ts";
import { dnsTypeName } from "../../records/types.ts";
import { type DnsResponse, dnsResponse } from "../../serving/reply.ts";
import { encodeDnsSets } from "../../serving/sets.ts";

/**
 * A question as it goes on: RD, CD and DO are the asker's. AD is always set, so that what is validated says so (RFC 6840
 * §5.7). Options belong to one hop (RFC 6891 §6.2.6), but for the client's network.
 */
export function forwardedQuestion(query: DnsQuery, clientSubnet: boolean): DnsMessageInit {
  const { name, type, class: of, flags, edns } = query;
  const options = clientSubnet ? edns?.options.filter(isSubnet) : undefined;
  return {
    questions: [{ name, type: dnsTypeName(type), class: of }],
    recursionDesired: (flags & DnsFlag.rd) !== 0,
    checkingDisabled: (flags & DnsFlag.cd) !== 0,
    authenticData: true,
    edns: { dnssecOk: edns?.dnssecOk === true, options },
  };
}

/** An answer as it comes back. Of its options, what is said about the answer. */
export function forwardedResponse(message: DnsMessage, clientSubnet: boolean): DnsResponse {
  const { rcode, authoritative, recursionAvailable, authenticData, answers, authorities, additionals, edns } = message;
  return dnsResponse({
    rcode,
    authoritative,
    recursionAvailable,
    authenticData,
    answers: encodeDnsSets(answers),
    authorities: encodeDnsSets(authorities),
    additionals: encodeDnsSets(additionals),
    options: edns?.options.filter((one) => one.type === "extended-error" || (clientSubnet && isSubnet(one))) ?? [],
  });
}

function isSubnet({ type }: EdnsOption): boolean {
  return type === "client-subnet";
}
