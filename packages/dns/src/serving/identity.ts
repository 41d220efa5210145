import type { DnsQuery } from "../message/query.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { dnsStringsOf } from "../presentation/strings.ts";
import { encodeDnsData } from "../records/data-octets.ts";
import { DnsType } from "../records/types.ts";
import { DnsClass, DnsRcode } from "../words.ts";
import { bareResponse, type DnsResponse, dnsResponse } from "./reply.ts";

/** What a server tells of itself, in texts of the class CHAOS (RFC 4892). */
export interface ServerIdentity {
  readonly version: string | undefined;
  readonly hostname: string | undefined;
}

const facts: ReadonlyMap<string, keyof ServerIdentity> = new Map(
  (
    [
      ["version.bind", "version"],
      ["version.server", "version"],
      ["hostname.bind", "hostname"],
      ["id.server", "hostname"],
    ] as const
  ).map(([name, fact]) => [parseDomainName(name).key, fact]),
);

/** The answer to a question about the server itself: no plugin is asked, and none sends it elsewhere. */
export function identityAnswer({ name, type, class: of }: DnsQuery, identity: ServerIdentity): DnsResponse | undefined {
  const fact = of === DnsClass.ch ? facts.get(name.key) : undefined;
  if (fact === undefined) return undefined;
  const text = identity[fact];
  if (text === undefined) return bareResponse(DnsRcode.refused);
  if (type !== DnsType.TXT && type !== DnsType.ANY) return dnsResponse({ authoritative: true });
  const data = [encodeDnsData("TXT", { strings: dnsStringsOf(text) })];
  return dnsResponse({ authoritative: true, answers: [{ name, type: DnsType.TXT, class: of, ttl: 0, data }] });
}
