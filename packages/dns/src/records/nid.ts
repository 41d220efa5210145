import { quote } from "@hawser/core";
import { uint16 } from "./fields/numbers.ts";
import { type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";

/** A node identifier of ILNP (RFC 6742 §2.1). */
export interface NidData {
  readonly preference: number;
  /** Four groups of hexadecimal digits: `0014:4fff:ff20:ee64`. */
  readonly nodeId: string;
}

/** A locator of ILNP over IPv6 (RFC 6742 §2.3). */
export interface L64Data {
  readonly preference: number;
  /** Four groups of hexadecimal digits: `2001:db8:1140:1000`. */
  readonly locator: string;
}

const pattern = /^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){3}$/i;

const groups: DnsField<string> = {
  decode: (reader) => [0, 0, 0, 0].map(() => reader.uint16().toString(16).padStart(4, "0")).join(":"),
  encode(value, writer) {
    if (!pattern.test(value)) throw new RangeError(`Cannot encode ${quote(value)}: four groups of digits are needed`);
    for (const group of value.split(":")) writer.uint16(Number.parseInt(group, 16));
  },
  parse(words) {
    const word = words.word();
    if (pattern.test(word)) return word.toLowerCase().replace(/\w+/g, (group) => group.padStart(4, "0"));
    throw words.bad(word, "four groups of hexadecimal digits are needed");
  },
  format: String,
};

/** NID: see {@link NidData} */
export const nidRecord: DnsRecordType<"NID", NidData> = recordOf("NID", { preference: uint16, nodeId: groups });

/** L64: see {@link L64Data} */
export const l64Record: DnsRecordType<"L64", L64Data> = recordOf("L64", { preference: uint16, locator: groups });
