import { formatIp, type IpNetwork, parseIp, parseIpNetwork, unmappedIp } from "@hawser/core";
import type { SmtpRecipient, SmtpSession } from "../../smtp/backend.ts";
import { isPeerWithin, peerIp } from "../service/arrival.ts";
import { isMailRole } from "./policy.ts";

/** Whom a policy lets pass. */
export interface MailPolicyOptions {
  /** Networks that are not asked: `10.0.0.0/8`. Default: those that are nobody's on the Internet, and this machine. */
  readonly exempt?: readonly string[] | undefined;
}

/** Networks that mean somebody near: on this machine, or in a network of one's own (RFC 1918, RFC 4193, RFC 4291). */
export const nearNetworks: readonly string[] = [
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
];

/** Tells whom a policy has to do with: those who come over a network, have not logged in, and do not write to who runs it. */
export class MailPolicyScope {
  readonly #exempt: readonly IpNetwork[];

  /** @throws {RangeError} for a network that is none */
  constructor({ exempt = nearNetworks }: MailPolicyOptions) {
    this.#exempt = exempt.map(parseIpNetwork);
  }

  /** The octets of a peer's address; `undefined`: it is let pass. */
  peer(session: SmtpSession): Uint8Array | undefined {
    const octets = parseIp(peerIp(session) ?? "");
    return octets === undefined || isPeerWithin(this.#exempt, session) ? undefined : unmappedIp(octets);
  }

  /** The same of somebody who names a recipient. */
  peerFor(to: SmtpRecipient, session: SmtpSession): Uint8Array | undefined {
    return session.login !== undefined || isMailRole(to) ? undefined : this.peer(session);
  }
}

/** The network that an address is in, with so many bits: `192.0.2.0/24`. */
export function networkOf(octets: Uint8Array, { ipv4Bits, ipv6Bits }: MailNetworkBits): string {
  const bits = octets.length === 4 ? ipv4Bits : ipv6Bits;
  const masked = octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))));
  return `${formatIp(masked)}/${bits}`;
}

/** How large networks are that count as one. */
export interface MailNetworkBits {
  readonly ipv4Bits: number;
  readonly ipv6Bits: number;
}
