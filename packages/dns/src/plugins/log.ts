import { type Clock, formatAddress, type Reactor } from "@hawser/core";
import type { DnsEncodedSet } from "../message/answer.ts";
import { DnsFlag } from "../message/flags.ts";
import type { DnsQuery } from "../message/query.ts";
import type { DomainName } from "../name/domain-name.ts";
import { dnsTypeName } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import type { DnsReply, DnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { DnsOpcode, formatDnsClass, formatDnsOpcode, formatDnsRcode } from "../words.ts";

/** Which answers {@link logPlugin} tells of. */
export interface LogPluginOptions {
  /** Default: all. */
  readonly only?: ((request: DnsRequest, reply: DnsReply) => boolean) | undefined;
}

/**
 * Tells of each answer in a line: who asked, over what, what and with which bits; the rcode, its bits, records in the three
 * sections, octets, and how long it took.
 *
 * ```text
 * 192.0.2.7:4711 udp www.example. IN A rd,do NOERROR ra 2/0/0 77 0.3ms
 * ```
 *
 * Octets are counted as if names that the question does not hold were not compressed. Whatever a name holds, the line has no
 * characters but printable ASCII.
 */
export function logPlugin(sink: (line: string) => void, { only = () => true }: LogPluginOptions = {}): DnsPlugin {
  let clock: Clock;
  const tell = (request: DnsRequest, reply: DnsReply, began: number): DnsReply => {
    if (only(request, reply))
      sink(`${askedWords(request)} ${answeredWords(request, reply)} ${tookWord(clock.now() - began)}`);
    return reply;
  };
  const fail = (request: DnsRequest, error: unknown, began: number): never => {
    sink(`${askedWords(request)} failed ${tookWord(clock.now() - began)}`);
    throw error;
  };
  return {
    name: "log",
    started: (reactor: Reactor) => {
      clock = reactor.clock;
    },
    wrap: (next) => (request) => {
      const began = clock.now();
      try {
        const reply = next(request);
        if (!(reply instanceof Promise)) return tell(request, reply, began);
        return reply.then(
          (late) => tell(request, late, began),
          (error: unknown) => fail(request, error, began),
        );
      } catch (error) {
        return fail(request, error, began);
      }
    },
  };
}

function askedWords({ query, peer, transport, tsigKey }: DnsRequest): string {
  const { name, type, class: of, opcode } = query;
  const verb = opcode === DnsOpcode.query ? "" : `${formatDnsOpcode(opcode)} `;
  const key = tsigKey === undefined ? "" : ` key=${tsigKey.name}`;
  const who = printable(formatAddress(peer));
  return `${who} ${transport} ${verb}${name} ${formatDnsClass(of)} ${dnsTypeName(type)} ${queryBits(query)}${key}`;
}

function queryBits({ flags, edns }: DnsQuery): string {
  return bits([
    [(flags & DnsFlag.rd) !== 0, "rd"],
    [(flags & DnsFlag.ad) !== 0, "ad"],
    [(flags & DnsFlag.cd) !== 0, "cd"],
    [edns?.dnssecOk === true, "do"],
  ]);
}

function answeredWords({ query }: DnsRequest, reply: DnsReply): string {
  if (reply.type !== "response") return reply.type === "drop" ? "dropped" : reply.type;
  const { rcode, answers, authorities, additionals } = reply;
  const counts = [answers, authorities, additionals].map((sets) =>
    sets.reduce((sum, { data }) => sum + data.length, 0),
  );
  const flags = bits([
    [reply.authoritative, "aa"],
    [reply.recursionAvailable, "ra"],
    [reply.authenticData, "ad"],
  ]);
  return `${formatDnsRcode(rcode)} ${flags} ${counts.join("/")} ${octetsOf(query, reply)}`;
}

/** The names of those that are set, or `-`. */
function bits(all: readonly (readonly [isSet: boolean, name: string])[]): string {
  const set = all.filter(([isSet]) => isSet).map(([, name]) => name);
  return set.length === 0 ? "-" : set.join(",");
}

/** What the answer has on the wire, its options left out. */
function octetsOf({ name, questionEnd, edns }: DnsQuery, { answers, authorities, additionals }: DnsResponse): number {
  let octets = questionEnd + (edns === undefined ? 0 : bareEdnsOctets);
  for (const sets of [answers, authorities, additionals]) for (const set of sets) octets += setOctets(name, set);
  return octets;
}

function setOctets(question: DomainName, { name, data }: DnsEncodedSet): number {
  const owner = question.isWithin(name) && !name.isRoot ? 2 : name.octetCount;
  return data.reduce((sum, octets) => sum + owner + recordHeadOctets + octets.length, 0);
}

/** An OPT record without options (RFC 6891 §6.1.2). */
const bareEdnsOctets = 11;

/** Type, class, TTL and length of a record (RFC 1035 §3.2.1). */
const recordHeadOctets = 10;

function tookWord(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)}ms`;
}

/** Paths and names of pipes are not ours. */
function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, "?");
}
