import { isSerialAfter } from "../../authority/serial.ts";
import type { Zone } from "../../authority/zone.ts";
import type { ZoneChange } from "../../authority/zone-change.ts";
import type { DnsEncodedSet } from "../../message/answer.ts";
import { condensed } from "./condensed.ts";

/** A whole zone as it is now, whatever becomes of it while it is sent: its SOA first and last (RFC 5936 §2.2). */
export function wholeZone(zone: Zone): Iterable<DnsEncodedSet> {
  const sets = zone.sets()[Symbol.iterator]();
  const first = sets.next(); // taken now, and with it the version that the others belong to
  return first.done === true ? [] : followed(first.value, sets);
}

function* followed(soa: DnsEncodedSet, sets: Iterator<DnsEncodedSet>): Generator<DnsEncodedSet, void> {
  yield soa;
  for (let next = sets.next(); next.done !== true; next = sets.next()) yield next.value;
  yield soa;
}

/**
 * What leads from a version to the present one (RFC 1995 §4): the SOA alone when there is nothing newer; the differences; or
 * `undefined` when they are not known, or larger than the zone.
 */
export function differences(
  zone: Zone,
  serial: number,
  { condense }: { readonly condense: boolean },
): readonly DnsEncodedSet[] | undefined {
  if (!isSerialAfter(zone.serial, serial)) return [zone.soa];
  const changes = zone.changesSince(serial);
  if (changes === undefined || changes.length === 0) return undefined;
  const one = condense && changes.length > 1 ? condensed(changes) : undefined;
  const steps = one === undefined ? changes : [one];
  if (recordCount(steps) > zone.recordCount) return undefined;
  return setsOfChanges(steps);
}

/** Differences as they are sent: the last SOA stands before all and behind (RFC 1995 §4). */
export function setsOfChanges(changes: readonly ZoneChange[]): readonly DnsEncodedSet[] {
  const soa = changes.at(-1)!.newSoa;
  return [soa, ...changes.flatMap(setsOfChange), soa];
}

function setsOfChange({ oldSoa, deleted, newSoa, added }: ZoneChange): readonly DnsEncodedSet[] {
  return [oldSoa, ...deleted, newSoa, ...added];
}

function recordCount(changes: readonly ZoneChange[]): number {
  let count = 0;
  for (const { deleted, added } of changes) for (const { data } of [...deleted, ...added]) count += data.length;
  return count;
}
