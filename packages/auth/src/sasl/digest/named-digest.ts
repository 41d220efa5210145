import { timingSafeEqual } from "node:crypto";
import { saslFault } from "../errors.ts";
import { readText, readUser } from "../reading.ts";

/** A name, a space, and 32 hexadecimal digits: what CRAM-MD5 and APOP say. @throws {SaslProtocolError} */
export function readNamedDigest(
  octets: Uint8Array,
  section: string,
): { readonly user: string; readonly digest: string } {
  const [, user, digest] = /^(.+) ([0-9a-fA-F]{32})$/s.exec(readText(octets, section)) ?? [];
  if (user !== undefined) return { user: readUser(user, section), digest: digest!.toLowerCase() };
  throw saslFault("bad-message", "Cannot read the message: it is not a name and a digest", section);
}

/** Compares in a time that does not tell how much is alike. */
export function isSameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
