import { uint16 } from "./fields/numbers.ts";
import { restOfText } from "./fields/strings.ts";
import { type DnsRecordType, recordOf } from "./record-type.ts";

/** Where a service is, as a URI (RFC 7553 §4). */
export interface UriData {
  /** The lowest is tried first. */
  readonly priority: number;
  readonly weight: number;
  /** One character for each octet. */
  readonly target: string;
}

/** URI: see {@link UriData} */
export const uriRecord: DnsRecordType<"URI", UriData> = recordOf("URI", {
  priority: uint16,
  weight: uint16,
  target: restOfText,
});
