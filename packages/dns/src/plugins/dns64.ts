import { parseIpNetwork, unmappedIp } from "@hawser/core";
import type { DnsEncodedSet } from "../message/answer.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsQuery } from "../message/query.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import type { DnsReply, DnsResponse } from "../serving/reply.ts";
import { changedDnsRequest, type DnsRequest } from "../serving/request.ts";
import { DnsOpcode, DnsRcode } from "../words.ts";
import { changeResponse } from "./reply-steps.ts";

/** How {@link dns64Plugin} makes addresses. */
export interface Dns64PluginOptions {
  /** A network of 96 bits that leads to a NAT64. Default `64:ff9b::/96` (RFC 6052 §2.1). */
  readonly prefix?: string | undefined;
}

/** The most that a made record's TTL is when nothing tells how long there will be no real one (RFC 6147 §5.1.7). */
const ttlSecondsMax = 600;

/**
 * Makes IPv6 addresses of IPv4 addresses for names that have no others (RFC 6147), so that networks without IPv4 reach
 * them. Those who validate by themselves (DO and CD) get what is.
 *
 * @throws {RangeError} for a prefix that is none of 96 bits
 */
export function dns64Plugin({ prefix = "64:ff9b::/96" }: Dns64PluginOptions = {}): DnsPlugin {
  const { address, bits } = parseIpNetwork(prefix);
  if (address.length !== 16 || bits !== 96)
    throw new RangeError(`Cannot make addresses with the prefix ${JSON.stringify(prefix)}: one of 96 bits is needed`);
  return {
    name: "dns64",
    wrap: (next) => (request) => {
      if (!isTranslated(request)) return next(request);
      const made = (aaaa: DnsResponse): DnsReply | Promise<DnsReply> => {
        if (aaaa.rcode !== DnsRcode.noError || aaaa.answers.some(isReal)) return aaaa;
        const forA = next(changedDnsRequest(request, { query: { ...request.query, type: DnsType.A } }));
        return changeResponse(forA, (a) => translated(a, aaaa, address));
      };
      const reply = next(request);
      if (!(reply instanceof Promise)) return reply.type === "response" ? made(reply) : reply;
      return reply.then((late) => (late.type === "response" ? made(late) : late));
    },
  };
}

function isTranslated({ query }: DnsRequest): boolean {
  return query.opcode === DnsOpcode.query && query.type === DnsType.AAAA && !validatesItself(query);
}

/** RFC 6147 §5.5 */
function validatesItself({ edns, flags }: DnsQuery): boolean {
  return edns?.dnssecOk === true && (flags & DnsFlag.cd) !== 0;
}

/** `::ffff:0:0/96` is no address that anybody could reach (RFC 6147 §5.1.4). */
function isReal({ type, data }: DnsEncodedSet): boolean {
  return type === DnsType.AAAA && data.some((octets) => unmappedIp(octets) === octets);
}

/** The A answer with its addresses behind the prefix; the AAAA answer when there are none. */
function translated(a: DnsResponse, aaaa: DnsResponse, prefix: Uint8Array): DnsResponse {
  if (!a.answers.some(({ type }) => type === DnsType.A)) return aaaa;
  const soa = aaaa.authorities.find(({ type }) => type === DnsType.SOA);
  const ttlMax = soa?.ttl ?? ttlSecondsMax;
  const answers = a.answers
    .filter(({ type }) => type !== DnsType.RRSIG)
    .map((set) => (set.type === DnsType.A ? withPrefix(set, prefix, ttlMax) : set));
  return { ...a, answers, authenticData: false };
}

function withPrefix(set: DnsEncodedSet, prefix: Uint8Array, ttlMax: number): DnsEncodedSet {
  const data = set.data.map((octets) => {
    const address = prefix.slice();
    address.set(octets, 12);
    return address;
  });
  return { ...set, type: DnsType.AAAA, ttl: Math.min(set.ttl, ttlMax), data };
}
