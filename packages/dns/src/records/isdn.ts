import { optionalString, string } from "./fields/strings.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** An ISDN number (RFC 1183 §3.2). */
export interface IsdnData {
  readonly address: string;
  readonly subaddress: string | undefined;
}

/** ISDN: see {@link IsdnData} */
export const isdnRecord: DnsRecordType<"ISDN", IsdnData> = recordOf("ISDN", {
  address: string,
  subaddress: optionalString,
});
