import type { DnsEncodedSet } from "../../message/answer.ts";
import { nameOfWire } from "../../name/domain-name.ts";
import { DnsType } from "../../records/types.ts";
import type { ZoneChange } from "../zone-change.ts";
import { coveredType, setFor, unpackNode, type ZoneNodeDraft, type ZoneSetDraft } from "./packed-node.ts";
import { sameData } from "./same-data.ts";
import type { ZoneContents } from "./zone-contents.ts";

/**
 * What leads from one version to another. Names that are the same are told by comparing two strings, so that a million of them
 * take less than a second; a step is a name, for `cooperate`.
 */
export function* zoneDifference(from: ZoneContents, to: ZoneContents): Generator<undefined, ZoneChange, undefined> {
  const [deleted, added]: [DnsEncodedSet[], DnsEncodedSet[]] = [[], []];
  const compare = (key: string, before: string, after: string): void => {
    const [old, next] = [unpackNode(before, key), unpackNode(after, key)];
    deleted.push(...missingFrom(old, next, from));
    added.push(...missingFrom(next, old, from));
  };
  for (const [key, packed] of from.entries()) {
    const other = to.packed(key) ?? "";
    if (packed !== other) compare(key, packed, other);
    yield;
  }
  for (const [key, packed] of to.entries()) {
    if (packed !== "" && !from.has(key)) compare(key, "", packed);
    yield;
  }
  const [oldSoa, newSoa] = [from, to].map((one) => one.set(one.origin, DnsType.SOA)!) as [DnsEncodedSet, DnsEncodedSet];
  return { oldSoa, newSoa, deleted, added };
}

/** The records of a name that another version of it lacks, but for the SOA. A set with another TTL is another set, wholly. */
export function missingFrom(
  node: ZoneNodeDraft,
  other: ZoneNodeDraft,
  zone: Pick<ZoneContents, "class">,
): readonly DnsEncodedSet[] {
  const name = nameOfWire(node.wire);
  return node.sets.flatMap((set): readonly DnsEncodedSet[] => {
    const { type, ttl } = set;
    if (type === DnsType.SOA) return [];
    const data = missingData(set, setFor(other.sets, type, coveredType(type, set.data[0]!)));
    return data.length === 0 ? [] : [{ name, type, class: zone.class, ttl, data }];
  });
}

function missingData({ type, ttl, data }: ZoneSetDraft, other: ZoneSetDraft | undefined): readonly Uint8Array[] {
  if (other === undefined || other.ttl !== ttl) return data;
  return data.filter((octets) => !other.data.some((one) => sameData(type, one, octets)));
}
