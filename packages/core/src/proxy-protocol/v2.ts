import { type IpAddress, ipAddress, type UnixAddress } from "../address.ts";
import { quote } from "../errors.ts";
import { formatIp, parseIp } from "../ip.ts";
import { crc32c } from "./crc32c.ts";
import { ProxyProtocolError, type ProxyProtocolErrorCode } from "./errors.ts";
import type { ProxyAddresses, ProxyHeader, ProxyTlv } from "./header.ts";
import { decodeProxySsl, encodeProxySsl } from "./ssl.ts";
import { decodeTlvs, encodeTlv, ProxyTlvType } from "./tlvs.ts";

/** What a version 2 header begins with: octets that no other protocol sends (proxy-protocol.txt §2.2). */
export const proxyV2Signature: Uint8Array = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

/** Signature, version and command, family and transport, length. */
export const proxyV2FixedOctets = 16;

const uniqueIdOctetsMax = 128;
const unixPathOctets = 108;

const commands = ["local", "proxy"] as const;
const transports = [undefined, "stream", "datagram"] as const;
/** By the family's number: octets of one address, without its port. */
const families = [
  { name: undefined, hostOctets: 0, portOctets: 0 },
  { name: "ipv4", hostOctets: 4, portOctets: 2 },
  { name: "ipv6", hostOctets: 16, portOctets: 2 },
  { name: "unix", hostOctets: unixPathOctets, portOctets: 0 },
] as const;

type ProxyFamily = (typeof families)[number];

/** How long a whole header is, from its first 16 octets. */
export function proxyV2Octets(fixed: Uint8Array): number {
  return proxyV2FixedOctets + ((fixed[14]! << 8) | fixed[15]!);
}

/**
 * Reads a whole version 2 header (proxy-protocol.txt §2.2).
 * @throws {ProxyProtocolError} `bad-header`, `bad-checksum`
 */
export function decodeProxyV2(header: Uint8Array): ProxyHeader {
  const command = header[12]! >> 4 === 2 ? commands[header[12]! & 0x0f] : undefined;
  const family = families[header[13]! >> 4];
  const transport = transports[header[13]! & 0x0f];
  if (command === undefined) throw bad("its version or command is unknown");
  // The rest of a LOCAL header means nothing, whatever it says.
  if (command === "local") return { version: 2, command };
  if (family === undefined || (header[13]! & 0x0f) >= transports.length) throw bad("its address family is unknown");
  const block = header.subarray(proxyV2FixedOctets);
  const addressOctets = 2 * (family.hostOctets + family.portOctets);
  if (block.length < addressOctets) throw bad("its addresses are cut short");
  const tlvs = decodeTlvs(block.subarray(addressOctets));
  verifyChecksum(header, tlvs);
  return { version: 2, command, ...readAddresses(block, family, transport), ...readTlvs(tlvs) };
}

/** Writes a version 2 header, with its checksum. */
export function encodeProxyV2(header: ProxyHeader): Uint8Array {
  if (header.command === "local") return encodeBlock(0x20, 0, new Uint8Array());
  const { familyTransport, octets } = writeAddresses(header.addresses);
  const checksum = encodeTlv(ProxyTlvType.crc32c, new Uint8Array(4));
  const whole = encodeBlock(0x21, familyTransport, Buffer.concat([octets, ...writeTlvs(header), checksum]));
  new DataView(whole.buffer, whole.byteOffset).setUint32(whole.length - 4, crc32c(whole));
  return whole;
}

function encodeBlock(versionCommand: number, familyTransport: number, block: Uint8Array): Uint8Array {
  if (block.length > 0xffff) throw new TypeError(`Cannot write a PROXY header of ${block.length} octets`);
  const fixed = Uint8Array.of(versionCommand, familyTransport, block.length >> 8, block.length & 0xff);
  return Buffer.concat([proxyV2Signature, fixed, block]);
}

function readAddresses(
  block: Uint8Array,
  family: ProxyFamily,
  transport: ProxyAddresses["transport"] | undefined,
): { readonly addresses?: ProxyAddresses } {
  if (family.name === undefined || transport === undefined) return {};
  const { hostOctets, portOctets } = family;
  const host = (i: number) => block.subarray(i * hostOctets, (i + 1) * hostOctets);
  const portAt = (i: number) => 2 * hostOctets + i * portOctets;
  const end = (i: number): IpAddress | UnixAddress =>
    family.name === "unix"
      ? { family: "unix", path: untilNul(host(i)) }
      : ipAddress(formatIp(host(i)), (block[portAt(i)]! << 8) | block[portAt(i) + 1]!);
  return { addresses: { transport, source: end(0), destination: end(1) } };
}

function writeAddresses(addresses: ProxyAddresses | undefined): { familyTransport: number; octets: Uint8Array } {
  if (addresses === undefined) return { familyTransport: 0, octets: new Uint8Array() };
  const { source, destination, transport } = addresses;
  if (source.family !== destination.family)
    throw new TypeError("Cannot write a PROXY header: its two addresses are of different families");
  const family = families.findIndex(({ name }) => name === source.family);
  const familyTransport = (family << 4) | transports.indexOf(transport);
  const octets = [writeHost(source), writeHost(destination), writePort(source), writePort(destination)];
  return { familyTransport, octets: Buffer.concat(octets) };
}

function writeHost(address: IpAddress | UnixAddress): Uint8Array {
  if (address.family !== "unix") {
    const octets = parseIp(address.host);
    if (octets === undefined) throw new TypeError(`Cannot write the address ${quote(address.host)} in a PROXY header`);
    return octets;
  }
  const path = Buffer.from(address.path);
  if (path.length > unixPathOctets || path.includes(0))
    throw new TypeError(`Cannot write the path ${quote(address.path)} in a PROXY header`);
  return Buffer.concat([path], unixPathOctets);
}

function writePort(address: IpAddress | UnixAddress): Uint8Array {
  return address.family === "unix" ? new Uint8Array() : Uint8Array.of(address.port >> 8, address.port & 0xff);
}

function readTlvs(tlvs: readonly ProxyTlv[]): Partial<ProxyHeader> {
  const found: { -readonly [K in keyof ProxyHeader]?: ProxyHeader[K] } = {};
  const others: ProxyTlv[] = [];
  for (const tlv of tlvs) {
    const { type, value } = tlv;
    if (type === ProxyTlvType.alpn) found.alpn = text(value);
    else if (type === ProxyTlvType.authority) found.authority = text(value);
    else if (type === ProxyTlvType.networkNamespace) found.networkNamespace = text(value);
    else if (type === ProxyTlvType.uniqueId) found.uniqueId = checkedUniqueId(value);
    else if (type === ProxyTlvType.ssl) found.ssl = decodeProxySsl(value);
    else if (type !== ProxyTlvType.noop && type !== ProxyTlvType.crc32c) others.push(tlv);
  }
  return others.length === 0 ? found : { ...found, others };
}

function writeTlvs({ alpn, authority, uniqueId, ssl, networkNamespace, others = [] }: ProxyHeader): Uint8Array[] {
  if (uniqueId !== undefined && uniqueId.length > uniqueIdOctetsMax)
    throw new TypeError(`Cannot write a unique id of ${uniqueId.length} octets: at most ${uniqueIdOctetsMax} fit`);
  const tlvs: Uint8Array[] = [];
  if (alpn !== undefined) tlvs.push(encodeTlv(ProxyTlvType.alpn, alpn));
  if (authority !== undefined) tlvs.push(encodeTlv(ProxyTlvType.authority, authority));
  if (uniqueId !== undefined) tlvs.push(encodeTlv(ProxyTlvType.uniqueId, uniqueId));
  if (ssl !== undefined) tlvs.push(encodeTlv(ProxyTlvType.ssl, encodeProxySsl(ssl)));
  if (networkNamespace !== undefined) tlvs.push(encodeTlv(ProxyTlvType.networkNamespace, networkNamespace));
  return [...tlvs, ...others.map(({ type, value }) => encodeTlv(type, value))];
}

function checkedUniqueId(value: Uint8Array): Uint8Array {
  if (value.length > uniqueIdOctetsMax) throw bad("its unique id is too long");
  return value;
}

/** The checksum is over the whole header, with zeros in its own place (proxy-protocol.txt §2.2.3). */
function verifyChecksum(header: Uint8Array, tlvs: readonly ProxyTlv[]): void {
  const value = tlvs.find(({ type }) => type === ProxyTlvType.crc32c)?.value;
  if (value === undefined) return;
  if (value.length !== 4) throw bad("its checksum has not four octets");
  const blanked = Uint8Array.from(header);
  blanked.fill(0, value.byteOffset - header.byteOffset, value.byteOffset - header.byteOffset + 4);
  const told = new DataView(value.buffer, value.byteOffset).getUint32(0);
  if (crc32c(blanked) !== told) throw bad("its checksum does not match", "bad-checksum");
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString("utf8");
}

function untilNul(octets: Uint8Array): string {
  const nul = octets.indexOf(0);
  return text(nul < 0 ? octets : octets.subarray(0, nul));
}

function bad(reason: string, code: ProxyProtocolErrorCode = "bad-header"): ProxyProtocolError {
  return new ProxyProtocolError(code, `Cannot read the PROXY header: ${reason}`, {
    section: "proxy-protocol.txt §2.2",
  });
}
