import { formatIp, parseIp, quote, unmappedIp } from "@hawser/core";
import { asciiDomain, domainOfAddress } from "../domain.ts";

/** Who is asked about. */
export interface SpfSubject {
  /** The peer's address: 4 or 16 octets. */
  readonly address: Uint8Array;
  /** `sender@domain`: never without either. */
  readonly sender: string;
  /** What the peer called itself. */
  readonly helo: string;
  /** The domain that is asked about. */
  readonly domain: string;
}

/**
 * The subject of a check. A sender without a local part is `postmaster` (RFC 7208 §4.3); no sender at all is the postmaster of the
 * name that the peer gave (RFC 7208 §2.4). Labels that are not ASCII become A-labels (RFC 8616 §4).
 * @throws {RangeError} when the address is none
 */
export function spfSubject(peer: string, helo: string, mailFrom: string): SpfSubject {
  const address = parseIp(peer);
  if (address === undefined) throw new RangeError(`Cannot check the sender at ${quote(peer)}: it is no address`);
  const place = mailFrom === "" ? helo : domainOfAddress(mailFrom);
  const domain = /[^\0-\x7f]/.test(place) ? (asciiDomain(place) ?? place) : place;
  const at = mailFrom.lastIndexOf("@");
  const localPart = at > 0 ? mailFrom.slice(0, at) : "postmaster";
  return { address: unmappedIp(address), sender: `${localPart}@${domain}`, helo, domain };
}

/** An address for people (macro `c`). */
export function readableAddress(address: Uint8Array): string {
  return formatIp(address);
}

/** Macro `i`: `192.0.2.1`, or 32 digits with dots between (RFC 7208 §7.3). */
export function dottedAddress(address: Uint8Array): string {
  return address.length === 4 ? address.join(".") : [...Buffer.from(address).toString("hex")].join(".");
}

/** Where the names of an address are: `1.2.0.192.in-addr.arpa`. */
export function reverseDomain(address: Uint8Array): string {
  const zone = address.length === 4 ? "in-addr" : "ip6";
  return `${dottedAddress(address).split(".").reverse().join(".")}.${zone}.arpa`;
}
