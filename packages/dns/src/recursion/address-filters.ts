import { type IpNetwork, networkHolds, parseIp, parseIpNetwork } from "@hawser/core";

/** Networks of this host and of private use: addresses there mean something else to everybody (RFC 6890). */
export const privateNetworks: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::/128",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/** Where no name server of the Internet is: a zone that says so wants us to knock at our own doors. */
export const neverAsked: readonly string[] = [
  "0.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "224.0.0.0/3",
  "::/128",
  "::1/128",
  "fe80::/10",
  "ff00::/8",
];

/** Tells whether an address lies in one of some networks. @throws {RangeError} for what is no network */
export function addressFilter(networks: readonly string[]): (host: string) => boolean {
  const blocks: readonly IpNetwork[] = networks.map(parseIpNetwork);
  return (host) => {
    const octets = parseIp(host);
    return octets !== undefined && blocks.some((block) => networkHolds(block, octets));
  };
}
