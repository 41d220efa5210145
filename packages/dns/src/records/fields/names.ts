import type { DomainName } from "../../name/domain-name.ts";
import type { DnsField } from "../record-type.ts";

/**
 * A name that may be compressed: in the types of RFC 1035 alone (RFC 3597 §4). Compressed names are read everywhere, since
 * peers write them where they should not.
 */
export const compressedName: DnsField<DomainName> = {
  decode: (reader) => reader.name(),
  encode: (value, writer) => writer.compressedName(value),
  parse: (words) => words.name(),
  format: String,
};

/** A name that is never compressed, and is in lower case in the canonical form (RFC 4034 §6.2). */
export const loweredName: DnsField<DomainName> = {
  ...compressedName,
  encode: (value, writer) => writer.loweredName(value),
};

/** A name that always stands as it is spelled: in types younger than the canonical form (RFC 6840 §5.1). */
export const plainName: DnsField<DomainName> = {
  ...compressedName,
  encode: (value, writer) => writer.name(value),
};
