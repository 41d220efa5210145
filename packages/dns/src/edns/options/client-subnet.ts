import { formatIp } from "@hawser/core";
import { DnsProtocolError } from "../../errors.ts";
import { octetsOfIp } from "../../records/fields/addresses.ts";
import { checkInteger } from "../../records/fields/numbers.ts";
import type { DnsReader } from "../../wire/reader.ts";
import type { EdnsOptionKind } from "./option.ts";

/** The network that a question comes from in the end (RFC 7871 §6). */
export interface EdnsClientSubnet {
  readonly type: "client-subnet";
  /** IPv4 or IPv6, zeros after the prefix; empty when the family is told as 0, for no network. */
  readonly address: string;
  readonly sourcePrefix: number;
  /** In answers: for which network they are right; 0 in questions. */
  readonly scopePrefix: number;
}

const octetsOfFamily = [0, 4, 16];

/** Octets after the prefix are left out, and bits after it are zero, else FORMERR is answered (RFC 7871 §6). */
export const clientSubnetOption: EdnsOptionKind<EdnsClientSubnet> = {
  type: "client-subnet",
  code: 8,
  decode(reader) {
    const [family, sourcePrefix, scopePrefix] = [reader.uint16(), reader.uint8(), reader.uint8()];
    const count = octetsOfFamily[family];
    if (count === undefined || sourcePrefix > count * 8 || scopePrefix > count * 8)
      throw badSubnet("the family or a prefix is unknown");
    const octets = takeAddress(reader, count, sourcePrefix);
    return { type: "client-subnet", address: count === 0 ? "" : formatIp(octets), sourcePrefix, scopePrefix };
  },
  encode({ address, sourcePrefix, scopePrefix }, writer) {
    const count = address === "" ? 0 : address.includes(":") ? 16 : 4;
    const octets = count === 0 ? new Uint8Array(0) : octetsOfIp(address, count);
    writer.uint16(octetsOfFamily.indexOf(count));
    writer.uint8(checkInteger(sourcePrefix, count * 8));
    writer.uint8(checkInteger(scopePrefix, count * 8));
    clearAfter(octets, sourcePrefix);
    writer.put(octets.subarray(0, (sourcePrefix + 7) >> 3));
  },
  format: ({ address, sourcePrefix, scopePrefix }) =>
    `CLIENT-SUBNET: ${address === "" ? "0" : address}/${sourcePrefix}/${scopePrefix}`,
};

function takeAddress(reader: DnsReader, count: number, prefix: number): Uint8Array {
  if (reader.left !== (prefix + 7) >> 3) throw badSubnet("its address has another length than its prefix asks for");
  const octets = new Uint8Array(count);
  octets.set(reader.rest());
  const cleared = octets.slice();
  clearAfter(cleared, prefix);
  if (cleared.some((octet, at) => octet !== octets[at])) throw badSubnet("bits are set after its prefix");
  return octets;
}

function clearAfter(octets: Uint8Array, prefix: number): void {
  for (let at = prefix >> 3; at < octets.length; at++) {
    octets[at]! &= at === prefix >> 3 ? 0xff00 >> (prefix & 7) : 0;
  }
}

function badSubnet(reason: string): DnsProtocolError {
  return new DnsProtocolError("bad-option", `a client subnet: ${reason}`, "RFC 7871 §6");
}
