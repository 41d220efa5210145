import type { DomainName } from "../name/domain-name.ts";
import { compressedName } from "./fields/names.ts";
import { period, uint32 } from "./fields/numbers.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Where authority over a zone starts, and how its copies are kept (RFC 1035 §3.3.13). */
export interface SoaData {
  /** MNAME: the server that changes are made at. */
  readonly primary: DomainName;
  /** RNAME: who answers for the zone; the first label is the local part. */
  readonly mailbox: DomainName;
  /** Compared by RFC 1982 §3.2. */
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  /** How long to remember that something does not exist (RFC 2308 §4). */
  readonly minimumSeconds: number;
}

/** SOA: see {@link SoaData} */
export const soaRecord: DnsRecordType<"SOA", SoaData> = recordOf("SOA", {
  primary: compressedName,
  mailbox: compressedName,
  serial: uint32,
  refreshSeconds: period,
  retrySeconds: period,
  expireSeconds: period,
  minimumSeconds: period,
});
