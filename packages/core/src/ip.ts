/** Literal IP addresses as octets, and networks of them. Text is parsed strictly: no leading zeros, no short forms of IPv4. */

/** A block of addresses: `10.0.0.0/8`. */
export interface IpNetwork {
  readonly address: Uint8Array;
  readonly bits: number;
}

/** The 4 or 16 octets of a literal address; `undefined` when it is none. A zone (`%eth0`) is left out. */
export function parseIp(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text.replace(/%[^%]+$/, "")) : parseIpv4(text);
}

/** Spells an address: IPv6 in lower case, its longest run of zeros shortened (RFC 5952 §4). */
export function formatIp(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  const groups = Array.from({ length: 8 }, (_, i) => (octets[2 * i]! << 8) | octets[2 * i + 1]!);
  const { at, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, at).join(":")}::${hex.slice(at + length).join(":")}`;
}

/**
 * Reads `10.0.0.0/8`, `fd00::/8` or `[fd00::]/8`; without a length it is a single address. IPv4 that is written in IPv6,
 * `::ffff:10.0.0.0/104`, is the network of IPv4 that it means.
 */
export function parseIpNetwork(text: string): IpNetwork {
  const [, host, length] = /^\[?([^\]/]*)\]?(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = host === undefined ? undefined : parseIp(host);
  const bits = length === undefined ? (address?.length ?? 0) * 8 : Number(length);
  if (address === undefined || bits > address.length * 8)
    throw new RangeError(`Cannot read the network ${JSON.stringify(text)}: write it like 10.0.0.0/8 or [fd00::]/8`);
  const own = bits < mappedBits ? address : unmappedIp(address);
  return { address: own, bits: own === address ? bits : bits - mappedBits };
}

/** Whether an address belongs to a network. IPv4 addresses that are written in IPv6 (`::ffff:10.0.0.1`) count as IPv4. */
export function networkHolds({ address, bits }: IpNetwork, candidate: Uint8Array): boolean {
  const octets = unmappedIp(candidate);
  if (octets.length !== address.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (octets[i] !== address[i]) return false;
  const rest = 8 - (bits & 7);
  return rest === 8 || octets[whole]! >> rest === address[whole]! >> rest;
}

/** `::ffff:a.b.c.d` as the IPv4 address it means (RFC 4291 §2.5.5.2); every other address as it is. */
export function unmappedIp(octets: Uint8Array): Uint8Array {
  const isMapped = octets.length === 16 && octets.subarray(0, 10).every((octet) => octet === 0);
  return isMapped && octets[10] === 0xff && octets[11] === 0xff ? octets.subarray(12) : octets;
}

/** What stands before an IPv4 address in IPv6. */
const mappedBits = 96;

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  const isValid = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isValid ? Uint8Array.from(parts, Number) : undefined;
}

/** Eight groups, of which one run may be left out with `::`; the last two may be written as IPv4 (RFC 4291 §2.2). */
function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined;
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  const octets = new Uint8Array(16);
  octets.set(head);
  octets.set(tail, 16 - tail.length);
  return octets;
}

function groupsOf(text: string, isLast: boolean): number[] | undefined {
  if (text === "") return [];
  const octets: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    const ipv4 = isLast && i === groups.length - 1 && group.includes(".") ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) octets.push(...ipv4);
    else if (/^[0-9A-Fa-f]{1,4}$/.test(group))
      octets.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return octets;
}

function longestZeros(groups: readonly number[]): { readonly at: number; readonly length: number } {
  let longest = { at: 0, length: 0 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === 0) length++;
    if (length > longest.length) longest = { at, length };
  }
  return longest;
}
