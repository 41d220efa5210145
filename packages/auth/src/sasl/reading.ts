import { quote } from "@hawser/core";
import { saslFault } from "./errors.ts";
import { saslLimits } from "./limits.ts";
import { saslprep } from "./saslprep/saslprep.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A message as text. @throws {SaslProtocolError} `too-long`, or `bad-message` when it is not UTF-8 */
export function readText(octets: Uint8Array, section: string, octetsMax: number = saslLimits.messageOctetsMax): string {
  if (octets.length > octetsMax) throw tooLong("message", octetsMax, section);
  try {
    return utf8.decode(octets);
  } catch {
    throw saslFault("bad-message", "Cannot read the message: it is not UTF-8", section);
  }
}

/** A user's name, prepared for comparison (RFC 4013). @throws {SaslProtocolError} */
export function readUser(text: string, section: string): string {
  requireLength("user", text, saslLimits.userOctetsMax, section);
  const user = saslprep(text);
  if (user === undefined || user === "")
    throw saslFault("bad-message", `Cannot use ${quote(text)} as a user: it is no name`, section);
  return user;
}

/** The identity to act as: `undefined` when it is absent or empty, which mean the same (RFC 4422 §3.4.1). */
export function readAuthzid(text: string | undefined, section: string): string | undefined {
  return text === undefined || text === "" ? undefined : readUser(text, section);
}

/** A password as it was sent: who checks it knows how it was prepared. @throws {SaslProtocolError} */
export function readPassword(text: string, section: string): string {
  requireLength("password", text, saslLimits.passwordOctetsMax, section);
  if (text === "" || text.includes("\0"))
    throw saslFault("bad-message", "Cannot use the password: it is empty or has a NUL", section);
  return text;
}

/** Base64 with its padding, and no bits in it that mean nothing (RFC 4648 §3.5). @throws {SaslProtocolError} */
export function readBase64(text: string, section: string): Uint8Array {
  const octets = Buffer.from(text, "base64");
  if (octets.toString("base64") === text) return octets;
  throw saslFault("bad-message", "Cannot read the message: a field is not base64", section);
}

/** @throws {SaslProtocolError} when a text is longer than allowed, in octets of UTF-8 */
export function requireLength(what: string, text: string, octetsMax: number, section: string): void {
  if (Buffer.byteLength(text) > octetsMax) throw tooLong(what, octetsMax, section);
}

function tooLong(what: string, octetsMax: number, section: string): Error {
  return saslFault("too-long", `Cannot take the ${what}: it has more than ${octetsMax} octets`, section);
}

/** Text of ours that goes into a message whose parts end at a NUL. @throws {TypeError} */
export function requireNoNul(text: string): string {
  if (text.includes("\0")) throw new TypeError("Cannot log in: the user or the password has a NUL");
  return text;
}
