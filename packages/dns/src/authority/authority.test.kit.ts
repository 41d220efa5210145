import type { DnsEncodedSet } from "../message/answer.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsQuery } from "../message/query.ts";
import { decodeDnsQuery } from "../message/query.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord } from "../records/text.ts";
import type { DnsTypeName } from "../records/types.ts";
import type { DnsResponse } from "../serving/reply.ts";
import { decodeDnsSet } from "../serving/sets.ts";
import { DnsClass, formatDnsRcode } from "../words.ts";
import { parseMasterFile } from "../zone/reader.ts";
import { ZoneContents } from "./contents/zone-contents.ts";
import { Zone, type ZoneOptions } from "./zone.ts";

/** A zone of a master file's text, with SOA and NS before it unless it brings them. */
export function zoneOf(text: string, options?: ZoneOptions & { readonly origin?: string }): Zone {
  return new Zone(contentsOf(text, options?.origin), options);
}

export function contentsOf(text: string, origin = "example.org"): ZoneContents {
  const contents = new ZoneContents(parseDomainName(origin));
  const head = / SOA ns/.test(text) ? "" : "@ SOA ns host 1 7200 900 1209600 300\n@ NS ns\n";
  const records = parseMasterFile(`$TTL 3600\n${head}${text}`, { origin: contents.origin });
  for (const record of records) contents.addRecord(record);
  return contents;
}

export function queryOf(text: string, { dnssecOk = false }: { readonly dnssecOk?: boolean } = {}): DnsQuery {
  const [name = "", type = "A"] = text.split(" ");
  const questions = [{ name: parseDomainName(name), type: type as DnsTypeName, class: DnsClass.in }];
  return decodeDnsQuery(encodeDnsMessage({ id: 1, questions, edns: { dnssecOk } }));
}

/** What a zone says, one line each: the rcode and `aa`, then every record behind the sign of its section. */
export function told(response: DnsResponse): readonly string[] {
  const head = `${formatDnsRcode(response.rcode)}${response.authoritative ? " aa" : ""}`;
  const lines = (sign: string, sets: readonly DnsEncodedSet[]): string[] =>
    linesOf(sets).map((line) => `${sign} ${line.replaceAll(/\s+/g, " ")}`);
  return [
    head,
    ...lines("=", response.answers),
    ...lines("^", response.authorities),
    ...lines("+", response.additionals),
  ];
}

export function linesOf(sets: Iterable<DnsEncodedSet>): string[] {
  return [...sets].flatMap((set) => decodeDnsSet(set).map((record) => formatDnsRecord(record)));
}

/** Another zone with the same records. */
export function zoneTwin(zone: Zone): Zone {
  const contents = new ZoneContents(zone.origin, zone.class);
  for (const set of zone.sets()) contents.add(set);
  return new Zone(contents);
}
