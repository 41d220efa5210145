import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";

/** Aliases that one lookup follows: BIND follows 16. */
export const aliasesMax = 16;

/** How far the aliases of an answer lead. */
export interface AliasWalk {
  /** Where they end. */
  readonly name: DomainName;
  /** The CNAME and DNAME records that were followed. */
  readonly aliases: readonly DnsRecord[];
  /** The records of the wanted type that are there. */
  readonly records: readonly DnsRecord[];
  /** They lead in a circle, are too many, or make a name that is too long. */
  readonly isBroken: boolean;
}

/** Follows CNAME (RFC 1034 §3.6.2) and DNAME (RFC 6672 §2.2) from a name through the records of an answer. */
export function walkAliases(start: DomainName, type: string, records: readonly DnsRecord[]): AliasWalk {
  const aliases: DnsRecord[] = [];
  const seen = new Set<string>();
  for (let name = start; ; ) {
    const found = records.filter((record) => record.name.equals(name) && (record.type === type || type === "ANY"));
    if (found.length > 0 || type === "CNAME") return { name, aliases, records: found, isBroken: false };
    const step = nextAlias(name, records);
    if (step === undefined) return { name, aliases, records: [], isBroken: false };
    seen.add(name.key);
    if (step.target === undefined || seen.has(step.target.key) || seen.size > aliasesMax)
      return { name, aliases, records: [], isBroken: true };
    aliases.push(step.record);
    name = step.target;
  }
}

function nextAlias(
  name: DomainName,
  records: readonly DnsRecord[],
): { readonly record: DnsRecord; readonly target: DomainName | undefined } | undefined {
  for (const record of records) {
    if (record.type === "CNAME" && record.name.equals(name)) return { record, target: record.data.target };
  }
  for (const record of records) {
    if (record.type === "DNAME" && name.isBelow(record.name))
      return { record, target: name.moved(record.name, record.data.target) };
  }
  return undefined;
}
