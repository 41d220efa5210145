import type { DnsMessage } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { DnsType, dnsTypeNumber } from "../../records/types.ts";
import { DnsClass, DnsRcode } from "../../words.ts";
import type { ZoneDraft } from "../contents/zone-draft.ts";
import { ZoneError } from "../errors.ts";
import { isSerialAfter, nextSerial, soaSerial, withSerial } from "../serial.ts";
import type { Zone } from "../zone.ts";
import type { ZoneChange } from "../zone-change.ts";
import { checkPrerequisites } from "./prerequisites.ts";
import { doUpdates, scanUpdates } from "./update-section.ts";

/** Says whether records of a name and type may be changed. */
export type ZoneUpdatePermit = (name: DomainName, type: number) => boolean;

/** What becomes of an update: an rcode; and the change it makes, when it makes one. */
export interface ZoneUpdateOutcome {
  readonly rcode: number;
  readonly change: ZoneChange | undefined;
}

/**
 * Judges an update of a zone and works out the change, which is nobody's yet (RFC 2136 §3.2 to §3.6). The serial goes one on,
 * unless the update sets it itself.
 */
export function updateZone(zone: Zone, message: DnsMessage, permit: ZoneUpdatePermit): ZoneUpdateOutcome {
  const { answers: prerequisites, authorities: updates } = message;
  const rcode =
    checkPrerequisites(zone, prerequisites) || scanUpdates(zone, updates) || checkPermissions(zone, updates, permit);
  if (rcode !== DnsRcode.noError) return { rcode, change: undefined };
  const draft = zone.draft();
  try {
    doUpdates(zone, draft, updates);
  } catch (error) {
    if (!(error instanceof ZoneError)) throw error;
    return { rcode: DnsRcode.refused, change: undefined }; // too large, as a local rule (RFC 2136 §3.3)
  }
  return { rcode, change: changeOf(zone, draft) };
}

/** Whoever deletes all sets of a name must be allowed to delete each of them, those too that the update adds first. */
function checkPermissions(zone: Zone, updates: readonly DnsRecord[], permit: ZoneUpdatePermit): number {
  const draft = zone.draft();
  const isPermitted = ({ name, type: typeName, class: recordClass }: DnsRecord): boolean => {
    const type = dnsTypeNumber(typeName);
    if (recordClass !== DnsClass.any || type !== DnsType.ANY) return permit(name, type);
    const types = draft.sets(name).map((set) => set.type);
    return types.length === 0
      ? permit(name, DnsType.ANY)
      : types.every((one) => isKept(zone, name, one) || permit(name, one));
  };
  return updates.every(isPermitted) ? DnsRcode.noError : DnsRcode.refused;
}

/** What stays when all sets of a name are deleted. */
function isKept(zone: Zone, name: DomainName, type: number): boolean {
  return name.equals(zone.origin) && (type === DnsType.SOA || type === DnsType.NS);
}

/** The change that a draft makes; none when everything is as it was (RFC 2136 §3.6). */
function changeOf(zone: Zone, draft: ZoneDraft): ZoneChange | undefined {
  const { deleted, added } = draft.difference();
  const { soa: oldSoa } = zone;
  const present = draft.sets(zone.origin).find(({ type }) => type === DnsType.SOA)!;
  const [octets] = present.data as [Uint8Array];
  const isSame = present.ttl === oldSoa.ttl && Buffer.compare(octets, oldSoa.data[0]!) === 0;
  if (isSame && deleted.length === 0 && added.length === 0) return undefined;
  const isOn = isSerialAfter(soaSerial(octets), zone.serial);
  const data = [isOn ? octets : withSerial(octets, nextSerial(zone.serial))];
  return { oldSoa, newSoa: { ...oldSoa, ttl: present.ttl, data }, deleted, added };
}
