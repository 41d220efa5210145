import type { IpAddress } from "../address.ts";

/** The flags of TCP (RFC 9293 §3.1). */
export const TcpFlag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** One TCP segment, as a capture shows it. */
export interface TcpPacket {
  readonly from: IpAddress;
  readonly to: IpAddress;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

const protocolNumbers = { tcp: 6, udp: 17 } as const;

/** Announced in every segment: acknowledgments follow at once, so it is never full. */
const tcpWindow = 0xffff;

const hopLimit = 64;

/** A TCP segment in an IPv4 or IPv6 packet (RFC 9293 §3.1), checksums and all. */
export function encodeTcpPacket(packet: TcpPacket): Uint8Array {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(packet.from.port, 0);
  header.writeUInt16BE(packet.to.port, 2);
  header.writeUInt32BE(packet.sequence >>> 0, 4);
  header.writeUInt32BE(packet.acknowledgment >>> 0, 8);
  header[12] = 5 << 4; // header length in words
  header[13] = packet.flags;
  header.writeUInt16BE(tcpWindow, 14);
  const segment = Buffer.concat([header, packet.payload]);
  segment.writeUInt16BE(transportChecksum("tcp", packet.from, packet.to, segment), 16);
  return encodeIpPacket("tcp", packet.from, packet.to, segment);
}

/** A UDP datagram in an IPv4 or IPv6 packet (RFC 768). */
export function encodeUdpPacket(from: IpAddress, to: IpAddress, payload: Uint8Array): Uint8Array {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  const datagram = Buffer.concat([header, payload]);
  const checksum = transportChecksum("udp", from, to, datagram);
  datagram.writeUInt16BE(checksum === 0 ? 0xffff : checksum, 6); // 0 would mean: none
  return encodeIpPacket("udp", from, to, datagram);
}

/** The octets of a literal address: 4 or 16. */
export function addressOctets({ family, host }: IpAddress): Uint8Array {
  if (family === "ipv4") return Uint8Array.from(host.split("."), Number);
  const [left = "", right] = host.split("%")[0]!.split("::");
  const head = hexGroups(left);
  const tail = hexGroups(right ?? "");
  const groups = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function encodeIpPacket(
  protocol: keyof typeof protocolNumbers,
  from: IpAddress,
  to: IpAddress,
  content: Uint8Array,
): Uint8Array {
  const header = from.family === "ipv6" ? ipv6Header(protocol, content.length) : ipv4Header(protocol, content.length);
  const addresses = from.family === "ipv6" ? 8 : 12;
  header.set(addressOctets(from), addresses);
  header.set(addressOctets(to), addresses + addressOctets(from).length);
  if (from.family === "ipv4") header.writeUInt16BE(internetChecksum([header]), 10);
  return Buffer.concat([header, content]);
}

/** RFC 791 §3.1. */
function ipv4Header(protocol: keyof typeof protocolNumbers, contentOctets: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45; // version 4, five words
  header.writeUInt16BE(20 + contentOctets, 2);
  header.writeUInt16BE(0x4000, 6); // don't fragment
  header[8] = hopLimit;
  header[9] = protocolNumbers[protocol];
  return header;
}

/** RFC 8200 §3. */
function ipv6Header(protocol: keyof typeof protocolNumbers, contentOctets: number): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60; // version 6
  header.writeUInt16BE(contentOctets, 4);
  header[6] = protocolNumbers[protocol];
  header[7] = hopLimit;
  return header;
}

/** Over the pseudo-header of RFC 9293 §3.1 or RFC 8200 §8.1 as well: their sums are the same. */
function transportChecksum(
  protocol: keyof typeof protocolNumbers,
  from: IpAddress,
  to: IpAddress,
  content: Uint8Array,
): number {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(content.length, 0);
  tail[7] = protocolNumbers[protocol];
  return internetChecksum([addressOctets(from), addressOctets(to), tail, content]);
}

/** RFC 1071 §1. Every part but the last has an even length. */
function internetChecksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts)
    for (let index = 0; index < part.length; index += 2) sum += (part[index]! << 8) | (part[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

function hexGroups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}
