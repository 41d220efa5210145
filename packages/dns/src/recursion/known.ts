import type { Instant } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import type { PositiveEntry, RecursionEntry } from "./entries.ts";
import type { RecursionInfrastructure } from "./infrastructure.ts";
import type { RecursionQuestion } from "./question.ts";
import type { RecursionResult } from "./response.ts";

/** What is known of a question and still within its time, aliases and all; `undefined` when something is missing. */
export function knownResult(
  shared: RecursionInfrastructure,
  question: RecursionQuestion,
  now: Instant,
): RecursionResult | undefined {
  return follow(shared, question, now, false);
}

/** The same of what is out of date as well (RFC 8767 §4). */
export function staleResult(
  shared: RecursionInfrastructure,
  question: RecursionQuestion,
  now: Instant,
): RecursionResult | undefined {
  return follow(shared, question, now, true);
}

function follow(
  shared: RecursionInfrastructure,
  { name, type }: RecursionQuestion,
  now: Instant,
  takesStale: boolean,
): RecursionResult | undefined {
  const links: PositiveEntry[] = [];
  let isStale = false;
  for (let at: DomainName = name; links.length <= shared.bounds.aliasesMax; ) {
    const { entry, infoCode } = entryAt(shared, at, type, now, takesStale);
    if (entry === undefined) return undefined;
    isStale ||= entry.expiresAt <= now;
    if (entry.type === "negative" || entry.target === undefined || type === DnsType.CNAME)
      return { type: "found", links, entry, isStale, infoCode };
    links.push(entry);
    at = entry.target;
  }
  return undefined;
}

interface KnownEntry {
  readonly entry: RecursionEntry | undefined;
  readonly infoCode?: number | undefined;
}

/** What is known of one name: from a zone of ours, from the cache, or from a name above that does not exist (RFC 8020). */
function entryAt(
  shared: RecursionInfrastructure,
  name: DomainName,
  type: number,
  now: Instant,
  takesStale: boolean,
): KnownEntry {
  const { localZones, cache } = shared;
  const zone = shared.localZoneOf(name);
  if (zone !== undefined) return { entry: localZones.answer(zone, name, type) };
  const entry = cache.find(name, type, now);
  if (entry !== undefined) return { entry };
  const denial = cache.denialAbove(name, now);
  if (denial !== undefined) return { entry: denial, infoCode: ExtendedDnsError.synthesized };
  return { entry: takesStale ? cache.stale(name, type, now) : undefined };
}
