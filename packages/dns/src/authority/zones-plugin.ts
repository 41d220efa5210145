import type { DnsEncodedSet } from "../message/answer.ts";
import type { DnsQuery } from "../message/query.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { bareResponse, type DnsResponse } from "../serving/reply.ts";
import { DnsClass, DnsOpcode, DnsRcode } from "../words.ts";
import { zoneChainMax } from "./limits.ts";
import type { ZoneAnswer } from "./lookup/zone-answer.ts";
import type { Zone } from "./zone.ts";
import type { ZoneTable } from "./zone-table.ts";

/**
 * Answers questions about the names of zones, and leaves everything else to the next: other names, updates, notices and
 * transfers. The table may change at any time.
 */
export function zonesPlugin(
  table: ZoneTable,
  { name = "zones" }: { readonly name?: string | undefined } = {},
): DnsPlugin {
  return {
    name,
    wrap: (next) => (request) => {
      const { query } = request;
      if (query.opcode === DnsOpcode.update) return refusedUpdate(next(request), table.get(query.name));
      if (query.opcode !== DnsOpcode.query || query.type === DnsType.AXFR || query.type === DnsType.IXFR)
        return next(request);
      const zone = zoneFor(table, query);
      if (zone === undefined || (query.class !== zone.class && query.class !== DnsClass.any)) return next(request);
      return answerFrom(zone, table, query);
    },
  };
}

/** Nobody took an update: its zone is there all the same, so that it is refused, not unknown (RFC 2136 §3.1.2, §3.3). */
function refusedUpdate<Reply>(reply: Reply, zone: Zone | undefined): Reply | DnsResponse {
  return zone !== undefined && reply === bareResponse(DnsRcode.notAuth) ? bareResponse(DnsRcode.refused) : reply;
}

/** What a zone and those beside it say to a question. */
function answerFrom(zone: Zone, table: ZoneTable, query: DnsQuery): DnsResponse {
  const refused = refusedTypes.get(query.type);
  if (refused !== undefined) return bareResponse(refused);
  const found = zone.lookup(query);
  const response = found.target === undefined ? found.response : followed(zone, found, table, query);
  return query.class === DnsClass.any ? { ...response, authoritative: false } : response; // RFC 1034 §3.7.1
}

/** DS records belong to the zone above the one they tell of (RFC 4035 §3.1.4.1). */
function zoneFor(table: ZoneTable, { name, type }: DnsQuery): Zone | undefined {
  const zone = table.find(name);
  if (type !== DnsType.DS || zone === undefined || !zone.origin.equals(name)) return zone;
  const parent = name.parent();
  return (parent && table.find(parent)) ?? zone;
}

/** A chain of aliases through our zones: each says what it knows, and the last how it ends (RFC 6604 §3). */
function followed(first: Zone, found: ZoneAnswer, table: ZoneTable, query: DnsQuery): DnsResponse {
  const { edns, type } = query;
  const answers: DnsEncodedSet[] = [...found.response.answers];
  const seen = new Set([query.name.key]);
  let [zone, { response, target }] = [first, found];
  while (target !== undefined && seen.size < zoneChainMax && !seen.has(target.key)) {
    seen.add(target.key);
    const next = zoneFor(table, { ...query, name: target });
    if (next === undefined || next === zone || next.class !== zone.class) break;
    zone = next;
    ({ response, target } = zone.lookup({ name: target, type, edns }));
    answers.push(...response.answers);
  }
  return { ...response, authoritative: true, answers };
}

/** Questions that no zone has an answer to: other things than data (RFC 6891 §6.1.1, RFC 8945 §4.2), and what nobody does any more. */
const refusedTypes: ReadonlyMap<number, number> = new Map([
  [DnsType.OPT, DnsRcode.formErr],
  [DnsType.TSIG, DnsRcode.formErr],
  [DnsType.TKEY, DnsRcode.formErr],
  [DnsType.MAILA, DnsRcode.notImp],
  [DnsType.MAILB, DnsRcode.notImp],
]);
