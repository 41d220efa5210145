import { string } from "./fields/strings.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** An X.25 address (RFC 1183 §3.1). */
export interface X25Data {
  readonly address: string;
}

/** X25: see {@link X25Data} */
export const x25Record: DnsRecordType<"X25", X25Data> = recordOf("X25", {
  address: string,
});
