import { networkHolds, parseIp, parseIpNetwork } from "@hawser/core";

/** The order of a host's addresses: as the policy table of RFC 6724 has it; one family first; or as the servers told them. */
export type DnsAddressOrder = "ipv4first" | "ipv6first" | "preferred" | "verbatim";

/** The default policy table (RFC 6724 §2.1), most special first: how much an address is wanted. */
const policy = (
  [
    ["::1/128", 50],
    ["2002::/16", 30],
    ["2001::/32", 5],
    ["fc00::/7", 3],
    ["fec0::/10", 1],
    ["3ffe::/16", 1],
    ["::/96", 1],
    ["::/0", 40],
  ] as const
).map(([network, precedence]) => ({ network: parseIpNetwork(network), precedence }));

/** IPv4 stands in the table as `::ffff:0:0/96`. */
const ipv4Precedence = 35;

/**
 * Sorts addresses as far as RFC 6724 §6 can be followed without knowing our own: by precedence, and for the rest as they
 * come, since servers that take turns mean something by it (rule 10).
 */
export function sortAddresses<Address extends { readonly family: "ipv4" | "ipv6"; readonly host: string }>(
  addresses: readonly Address[],
  order: DnsAddressOrder,
): readonly Address[] {
  if (order === "verbatim") return addresses;
  const weight =
    order === "preferred" ? precedenceOf : (address: Address) => (order.startsWith(address.family) ? 1 : 0);
  return [...addresses].sort((one, other) => weight(other) - weight(one));
}

function precedenceOf({ family, host }: { readonly family: string; readonly host: string }): number {
  if (family === "ipv4") return ipv4Precedence;
  const octets = parseIp(host);
  return policy.find(({ network }) => octets !== undefined && networkHolds(network, octets))?.precedence ?? 0;
}
