import { asciiDomain, isWithinDomain } from "../sender/domain.ts";
import type { MailDnsRecord } from "./record.ts";

/** How records are written. */
export interface MailDnsZoneOptions {
  /** Seconds that others remember them. Default 3600. */
  readonly ttlSeconds?: number | undefined;
  /**
   * Begins with an SOA and an NS that name this host, so that a server can load the text as a whole zone:
   * `hawser dns --zone example.org=FILE`. Default: only the records of mail, to be added to a zone that is there.
   */
  readonly nameServer?: string | undefined;
}

/**
 * Writes records as lines of the zone file of a domain. Names outside of the domain (those of addresses, which whoever gives you
 * the address looks after) stand in comments.
 */
export function formatMailDnsZone(
  records: readonly MailDnsRecord[],
  domain: string,
  options: MailDnsZoneOptions = {},
): string {
  const origin = asciiDomain(domain) ?? domain;
  const here = records.filter(({ name }) => isWithinDomain(name, origin));
  const elsewhere = records.filter((one) => !here.includes(one));
  return [
    `$TTL ${options.ttlSeconds ?? 3_600}`,
    ...headLines(origin, options.nameServer),
    ...linesOf(here),
    ...(elsewhere.length === 0 ? [] : ["; In other zones:", ...linesOf(elsewhere).map((line) => `; ${line}`)]),
    "",
  ].join("\n");
}

/** Each reason once, over the records that share it. */
function linesOf(records: readonly MailDnsRecord[]): readonly string[] {
  return records.flatMap((one, i) => [
    ...(records[i - 1]?.why === one.why ? [] : [`; ${one.need}: ${one.why}`]),
    `${one.name}. IN ${one.type} ${one.data}`,
  ]);
}

function headLines(origin: string, nameServer: string | undefined): readonly string[] {
  if (nameServer === undefined) return [];
  return [
    `${origin}. IN SOA ${nameServer}. hostmaster.${origin}. 1 7200 900 1209600 300`,
    `${origin}. IN NS ${nameServer}.`,
  ];
}
