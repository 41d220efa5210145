import type { Cancellable } from "@hawser/core";
import { dmarcLookupsMax } from "../limits.ts";
import type { DnsLookups } from "../lookups/lookups.ts";
import { type DmarcRecord, isDmarcRecord, parseDmarcRecord } from "./record.ts";

/** A policy and the domain that publishes it. */
export interface PublishedDmarc {
  readonly domain: string;
  readonly record: DmarcRecord;
}

/** The policies that were found on the way from a domain to the root; `"failed"`: the DNS did not answer. */
export type DmarcWalk = readonly PublishedDmarc[] | "failed";

/**
 * Looks for policies at a domain and above it, until one says whose domain it is (RFC 9989 §4.10). Eight questions at most: of
 * long names the middle is left out.
 */
export async function walkDmarcTree(domain: string, lookups: DnsLookups, options: Cancellable): Promise<DmarcWalk> {
  const found: PublishedDmarc[] = [];
  for (const name of namesAbove(domain)) {
    const record = await dmarcRecordAt(name, lookups, options);
    if (record === "failed") return "failed";
    if (record === undefined) continue;
    found.push({ domain: name, record });
    if (record.isPublicSuffix !== undefined) break;
  }
  return found;
}

/** The policy of one domain; several are none (RFC 9989 §4.10). */
export async function dmarcRecordAt(
  domain: string,
  lookups: DnsLookups,
  options: Cancellable,
): Promise<DmarcRecord | "failed" | undefined> {
  const answer = await lookups.lookUp(`_dmarc.${domain}`, "TXT", options);
  if (answer.type === "failed") return "failed";
  const texts = answer.type === "found" ? answer.values.filter(isDmarcRecord) : [];
  try {
    return texts.length === 1 ? parseDmarcRecord(texts[0]!) : undefined;
  } catch {
    return undefined; // what cannot be read is as good as nothing (RFC 7489 §6.6.3)
  }
}

/** Whose domain it is (RFC 9989 §4.10.2). */
export function organizationOf(domain: string, walk: readonly PublishedDmarc[]): string {
  const decisive = walk.find(({ record }) => record.isPublicSuffix === false);
  if (decisive !== undefined) return decisive.domain;
  const suffix = walk.find(({ domain: name, record }) => record.isPublicSuffix === true && name !== domain);
  if (suffix !== undefined) return lastLabels(domain, labelCount(suffix.domain) + 1);
  return walk.at(-1)?.domain ?? domain;
}

function namesAbove(domain: string): readonly string[] {
  const count = labelCount(domain);
  const above = Array.from({ length: Math.min(count, dmarcLookupsMax) - 1 }, (_, i) => i + 1).reverse();
  return [domain, ...above.map((labels) => lastLabels(domain, labels))];
}

function labelCount(domain: string): number {
  return domain.split(".").length;
}

function lastLabels(domain: string, count: number): string {
  return domain.split(".").slice(-count).join(".");
}
