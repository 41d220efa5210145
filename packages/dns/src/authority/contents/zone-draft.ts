import { quote } from "@hawser/core";
import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { ZoneError } from "../errors.ts";
import type { ZoneChange } from "../zone-change.ts";
import { coveredType, setFor, type ZoneNodeDraft, type ZoneSetDraft } from "./packed-node.ts";
import { sameData } from "./same-data.ts";
import { addDatum, type ZoneContents } from "./zone-contents.ts";
import { missingFrom } from "./zone-difference.ts";

/** Names of a zone as they will be: nothing is changed before {@link ZoneDraft.commit}. */
export class ZoneDraft {
  readonly #contents: ZoneContents;
  readonly #nodes = new Map<string, ZoneNodeDraft>();

  constructor(contents: ZoneContents) {
    this.#contents = contents;
  }

  /** What stands at a name; nothing is an empty list. */
  sets(name: DomainName): readonly ZoneSetDraft[] {
    return (this.#nodes.get(name.key) ?? this.#contents.draft(name.key))?.sets ?? [];
  }

  /** What is different, but for the SOA. */
  difference(): Pick<ZoneChange, "added" | "deleted"> {
    const [deleted, added]: [DnsEncodedSet[], DnsEncodedSet[]] = [[], []];
    for (const [key, node] of this.#nodes) {
      const before = this.#contents.draft(key) ?? { wire: key, sets: [] };
      deleted.push(...missingFrom(before, node, this.#contents));
      added.push(...missingFrom(node, before, this.#contents));
    }
    return { deleted, added };
  }

  /**
   * Adds a record, and gives its set its TTL (RFC 2181 §5.2). False when it is there already; its set has the TTL all the same.
   * @throws {ZoneError} `out-of-zone`, `too-large`
   */
  add(name: DomainName, type: number, ttl: number, octets: Uint8Array): boolean {
    const node = this.#node(name);
    const isNew = addDatum(node, type, ttl, octets);
    setFor(node.sets, type, coveredType(type, octets))!.ttl = ttl;
    return isNew;
  }

  /** Takes a record out. False when it is not there. */
  delete(name: DomainName, type: number, octets: Uint8Array): boolean {
    const { sets } = this.#node(name);
    const set = setFor(sets, type, coveredType(type, octets));
    const at = set?.data.findIndex((one) => sameData(type, one, octets)) ?? -1;
    if (set === undefined || at < 0) return false;
    set.data.splice(at, 1);
    if (set.data.length === 0) sets.splice(sets.indexOf(set), 1);
    return true;
  }

  /** Takes out the sets of a name that `which` says yes to. */
  deleteSets(name: DomainName, which: (set: ZoneSetDraft) => boolean): void {
    const { sets } = this.#node(name);
    for (let at = sets.length - 1; at >= 0; at--) if (which(sets[at]!)) sets.splice(at, 1);
  }

  /** Writes down all that was changed. @throws {ZoneError} `too-large`, before anything is */
  commit(): void {
    this.#contents.replaceAll(this.#nodes);
  }

  #node(name: DomainName): ZoneNodeDraft {
    const { key } = name;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const { origin } = this.#contents;
    if (!name.isWithin(origin))
      throw new ZoneError("out-of-zone", `Cannot change ${quote(String(name))} in the zone ${quote(String(origin))}`);
    const found = this.#contents.draft(key);
    const node = found !== undefined && found.sets.length > 0 ? found : { wire: name.wire, sets: [] };
    this.#nodes.set(key, node);
    return node;
  }
}

/** Puts the sets of a change into a draft. @throws {ZoneError} `does-not-fit` when one is missing, or there already */
export function draftChange(
  draft: ZoneDraft,
  deleted: readonly DnsEncodedSet[],
  added: readonly DnsEncodedSet[],
): void {
  for (const { name, type, data } of deleted) {
    for (const octets of data) if (!draft.delete(name, type, octets)) throw misfit(name, "deletes", "is not there");
  }
  for (const { name, type, ttl, data } of added) {
    for (const octets of data) if (!draft.add(name, type, ttl, octets)) throw misfit(name, "adds", "is there");
  }
}

function misfit(name: DomainName, does: string, state: string): ZoneError {
  return new ZoneError(
    "does-not-fit",
    `Cannot change the zone: it ${does} a record of ${quote(String(name))} that ${state}`,
  );
}
