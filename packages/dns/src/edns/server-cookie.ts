import { builtIn } from "@hawser/core";
import { sipHash } from "./siphash.ts";

/** What a server cookie is made from, besides the time (RFC 9018 §4.4). */
export interface ServerCookieSource {
  /** 16 octets that all servers of one address share (RFC 9018 §5). */
  readonly secret: Uint8Array;
  /** The client's cookie: 8 octets. */
  readonly client: Uint8Array;
  /** The client's address: 4 or 16 octets. */
  readonly address: Uint8Array;
}

/** What a server cookie is worth; `stale` ones are good, and a fresh one should be sent (RFC 9018 §4.3). */
export type ServerCookieVerdict = "bad" | "good" | "stale";

/** How old a cookie may be, and how far ahead of our clock (RFC 9018 §4.3). */
export const serverCookieAgeSecondsMax = 3_600;
/** From this age on a fresh cookie is sent. */
export const serverCookieStaleSeconds = 1_800;
const aheadSecondsMax = 300;
const version = 1;

/**
 * Makes a server cookie that any server with the same secret can check (RFC 9018 §4).
 * @param now seconds since 1970
 */
export function makeServerCookie(source: ServerCookieSource, now: number): Uint8Array {
  const cookie = new Uint8Array(16);
  cookie[0] = version;
  new DataView(cookie.buffer).setUint32(4, now >>> 0);
  cookie.set(hashOf(source, cookie), 8);
  return cookie;
}

/**
 * Judges a server cookie that came with a question.
 * @param now seconds since 1970
 */
export function checkServerCookie(source: ServerCookieSource, cookie: Uint8Array, now: number): ServerCookieVerdict {
  if (cookie.length !== 16 || cookie[0] !== version) return "bad";
  const made = new DataView(cookie.buffer, cookie.byteOffset).getUint32(4);
  const age = (now - made) | 0; // 32 bits, compared as serial numbers (RFC 1982 §3.2)
  if (age > serverCookieAgeSecondsMax || age < -aheadSecondsMax) return "bad";
  if (!builtIn("node:crypto").timingSafeEqual(hashOf(source, cookie), cookie.subarray(8))) return "bad";
  return age > serverCookieStaleSeconds ? "stale" : "good";
}

/** Over the client's cookie, the first half of the server's, and the address (RFC 9018 §4.4). */
function hashOf({ secret, client, address }: ServerCookieSource, cookie: Uint8Array): Uint8Array {
  if (secret.length !== 16 || client.length !== 8)
    throw new RangeError("Cannot make a server cookie: the secret has 16 octets and the client's cookie 8");
  const input = new Uint8Array(16 + address.length);
  input.set(client);
  input.set(cookie.subarray(0, 8), 8);
  input.set(address, 16);
  return sipHash(secret, input);
}
