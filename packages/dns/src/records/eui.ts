import { quote } from "@hawser/core";
import { type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";

/** The address of a network interface (RFC 7043 §3, RFC 7043 §4). */
export interface EuiData {
  /** `00-00-5e-00-53-2a`, of six octets or of eight. */
  readonly address: string;
}

/** EUI48: six octets. */
export const eui48Record: DnsRecordType<"EUI48", EuiData> = recordOf("EUI48", { address: eui(6) });

/** EUI64: eight octets. */
export const eui64Record: DnsRecordType<"EUI64", EuiData> = recordOf("EUI64", { address: eui(8) });

function eui(count: number): DnsField<string> {
  return {
    decode: (reader) => Array.from(reader.take(count), (octet) => octet.toString(16).padStart(2, "0")).join("-"),
    encode(value, writer) {
      if (!isEui(value, count))
        throw new RangeError(`Cannot encode the address ${quote(value)}: it is no EUI-${count * 8}`);
      for (const octet of value.split("-")) writer.uint8(Number.parseInt(octet, 16));
    },
    parse(words) {
      const word = words.word();
      if (isEui(word, count)) return word.toLowerCase();
      throw words.bad(word, `${count} octets like 00-5e are needed`);
    },
    format: (value) => value.toLowerCase(),
  };
}

function isEui(text: string, count: number): boolean {
  return text.length === count * 3 - 1 && /^[0-9a-f]{2}(-[0-9a-f]{2})+$/i.test(text);
}
