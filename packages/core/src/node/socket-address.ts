import { type IpAddress, ipAddress } from "../address.ts";

/**
 * An address as the system tells it of a socket. One of IPv6 takes IPv4 too, and spells it `::ffff:192.0.2.1` (RFC 4291
 * §2.5.5.2): here it is the IPv4 address that it means, so that access lists and limits hold on whatever it came in.
 */
export function socketIpAddress(host: string, port: number): IpAddress {
  return ipAddress(host.startsWith(mapped) && host.includes(".") ? host.slice(mapped.length) : host, port);
}

/** How a socket of IPv6 wants to be told an address of IPv4. */
export function mappedHost({ family, host }: IpAddress): string {
  return family === "ipv4" ? `${mapped}${host}` : host;
}

const mapped = "::ffff:";
