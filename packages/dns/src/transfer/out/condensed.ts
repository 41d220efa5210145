import type { ZoneChange } from "../../authority/zone-change.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { latin1Of } from "../../name/octets.ts";

/** One record of a set. */
interface LooseRecord {
  readonly set: DnsEncodedSet;
  readonly octets: Uint8Array;
}

/**
 * Makes one step of several (RFC 1995 §6): what came and went again is left out. `undefined` where records of one set had
 * different TTLs: then the last step alone does not tell what the TTL of all has become.
 */
export function condensed(changes: readonly ZoneChange[]): ZoneChange | undefined {
  const [first, last] = [changes[0]!, changes.at(-1)!];
  const deleted = new Map<string, LooseRecord>();
  const added = new Map<string, LooseRecord>();
  const ttls = new Map<string, number>();
  for (const change of changes) {
    for (const record of recordsOf(change.deleted)) {
      if (!isSameTtl(ttls, record.set)) return undefined;
      if (!added.delete(keyOf(record))) deleted.set(keyOf(record), record);
    }
    for (const record of recordsOf(change.added)) {
      if (!isSameTtl(ttls, record.set)) return undefined;
      if (!deleted.delete(keyOf(record))) added.set(keyOf(record), record);
    }
  }
  return { oldSoa: first.oldSoa, newSoa: last.newSoa, deleted: setsOf(deleted), added: setsOf(added) };
}

function* recordsOf(sets: readonly DnsEncodedSet[]): Generator<LooseRecord, void> {
  for (const set of sets) for (const octets of set.data) yield { set, octets };
}

function isSameTtl(ttls: Map<string, number>, { name, type, ttl }: DnsEncodedSet): boolean {
  const key = `${type} ${name.key}`;
  const known = ttls.get(key) ?? ttl;
  ttls.set(key, known);
  return known === ttl;
}

function keyOf({ set: { name, type }, octets }: LooseRecord): string {
  return `${type} ${name.key}${latin1Of(octets)}`;
}

function setsOf(records: ReadonlyMap<string, LooseRecord>): readonly DnsEncodedSet[] {
  return Array.from(records.values(), ({ set, octets }) => ({ ...set, data: [octets] }));
}
