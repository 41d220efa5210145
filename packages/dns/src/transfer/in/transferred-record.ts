import type { DnsEncodedSet } from "../../message/answer.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { encodeDnsData } from "../../records/data-octets.ts";
import type { DnsRecord } from "../../records/record.ts";
import type { SoaData } from "../../records/soa.ts";
import { dnsTypeNumber } from "../../records/types.ts";
import { ZoneTransferError } from "../errors.ts";

/** A record of a transfer, its data encoded as a zone keeps them. */
export interface TransferredRecord {
  readonly name: DomainName;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly octets: Uint8Array;
  /** What a SOA record says. */
  readonly soa: SoaData | undefined;
}

/** Takes a record of an answer, if a zone may hold it. @throws {ZoneTransferError} `bad-record`, `outside-zone` */
export function transferredRecord(record: DnsRecord, origin: DomainName, zoneClass: number): TransferredRecord {
  const { name, ttl, data } = record;
  const type = dnsTypeNumber(record.type);
  if (record.class !== zoneClass) throw bad("bad-record", `${name} has a record of another class`);
  if (isMetaType(type)) throw bad("bad-record", `${name} has a record of the type ${record.type}, which no zone holds`);
  if (!name.isWithin(origin)) throw bad("outside-zone", `${name} is not within ${origin}`);
  const soa = record.type === "SOA" ? record.data : undefined;
  if (soa !== undefined && !name.equals(origin)) throw bad("bad-record", `${name} is a zone of its own`);
  return { name, type, class: zoneClass, ttl, octets: encodeDnsData(record.type, data as never), soa };
}

/** A set of one record. */
export function setOf({ name, type, class: of, ttl, octets }: TransferredRecord): DnsEncodedSet {
  return { name, type, class: of, ttl, data: [octets] };
}

/** Whether both say the same, whatever the case of the letters in their names, which compression does not keep. */
export function isSameSoa(a: SoaData, b: SoaData): boolean {
  return (
    a.serial === b.serial &&
    a.refreshSeconds === b.refreshSeconds &&
    a.retrySeconds === b.retrySeconds &&
    a.expireSeconds === b.expireSeconds &&
    a.minimumSeconds === b.minimumSeconds &&
    a.primary.equals(b.primary) &&
    a.mailbox.equals(b.mailbox)
  );
}

/** Types of questions and of messages, not of data (RFC 6895 §3.1); OPT is among the first ones. */
function isMetaType(type: number): boolean {
  return type === 0 || type === 41 || (type >= 128 && type <= 255);
}

function bad(code: "bad-record" | "outside-zone", reason: string): ZoneTransferError {
  return new ZoneTransferError(code, reason, { section: "RFC 5936 §3.5" });
}
