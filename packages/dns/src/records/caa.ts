import { DnsProtocolError } from "../errors.ts";
import { uint8 } from "./fields/numbers.ts";
import { checkOctets, restOfText } from "./fields/strings.ts";
import { type DnsField, type DnsRecordType, recordOf } from "./record-type.ts";

/** Which authorities may give out certificates for a name (RFC 8659 §4.1). */
export interface CaaData {
  /** 128 when an authority that does not know the tag must refuse. */
  readonly flags: number;
  /** `issue`, `issuewild`, `iodef` … */
  readonly tag: string;
  /** One character for each octet. */
  readonly value: string;
}

/** Letters and digits, at least one (RFC 8659 §4.1). */
const tag: DnsField<string> = {
  decode(reader) {
    const text = reader.string();
    if (isTag(text)) return text;
    throw new DnsProtocolError("bad-rdata", "a tag of CAA has letters and digits", "RFC 8659 §4.1");
  },
  encode(value, writer) {
    if (!isTag(value)) throw new RangeError("Cannot encode a tag of CAA: it has 1 to 255 letters and digits");
    writer.uint8(checkOctets(value, 255).length);
    writer.latin1(value);
  },
  parse(words) {
    const word = words.word();
    if (isTag(word)) return word;
    throw words.bad(word, "a tag of letters and digits is needed");
  },
  format: String,
};

function isTag(text: string): boolean {
  return /^[A-Za-z0-9]{1,255}$/.test(text);
}

/** CAA: see {@link CaaData} */
export const caaRecord: DnsRecordType<"CAA", CaaData> = recordOf("CAA", { flags: uint8, tag, value: restOfText });
