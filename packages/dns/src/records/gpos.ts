import { string } from "./fields/strings.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Where something is, in degrees and metres written in digits (RFC 1712 §3). */
export interface GposData {
  readonly longitude: string;
  readonly latitude: string;
  readonly altitude: string;
}

/** GPOS: see {@link GposData} */
export const gposRecord: DnsRecordType<"GPOS", GposData> = recordOf("GPOS", {
  longitude: string,
  latitude: string,
  altitude: string,
});
