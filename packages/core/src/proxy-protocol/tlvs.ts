import { ProxyProtocolError } from "./errors.ts";
import type { ProxyTlv } from "./header.ts";

/** The registered types of fields (proxy-protocol.txt §2.2.1 to §2.2.8). */
export const ProxyTlvType = {
  alpn: 0x01,
  authority: 0x02,
  crc32c: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  ssl: 0x20,
  sslVersion: 0x21,
  sslCommonName: 0x22,
  sslCipher: 0x23,
  sslSignatureAlgorithm: 0x24,
  sslKeyAlgorithm: 0x25,
  networkNamespace: 0x30,
} as const;

const valueOctetsMax = 0xffff;

/** Takes fields apart: type, two octets of length, value. They must fill their space to the last octet. */
export function decodeTlvs(octets: Uint8Array): ProxyTlv[] {
  const tlvs: ProxyTlv[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets.length - at < 3 ? Number.POSITIVE_INFINITY : (octets[at + 1]! << 8) | octets[at + 2]!;
    if (at + 3 + length > octets.length) throw truncated();
    tlvs.push({ type: octets[at]!, value: octets.subarray(at + 3, at + 3 + length) });
    at += 3 + length;
  }
  return tlvs;
}

/** Puts one field together. */
export function encodeTlv(type: number, value: Uint8Array | string): Uint8Array {
  const octets = typeof value === "string" ? Buffer.from(value) : value;
  if (octets.length > valueOctetsMax) throw new TypeError(`Cannot write ${octets.length} octets in one PROXY field`);
  return Buffer.concat([Uint8Array.of(type, octets.length >> 8, octets.length & 0xff), octets]);
}

function truncated(): ProxyProtocolError {
  const section = "proxy-protocol.txt §2.2";
  return new ProxyProtocolError("bad-header", "Cannot read the PROXY header: a field is longer than the header", {
    section,
  });
}
