import { createHmac } from "node:crypto";
import type { Random } from "@hawser/core";
import { base32, parseBase32 } from "./base32.ts";

/** How codes are made. The defaults are what every authenticator program takes for granted. */
export interface TotpOptions {
  /** Default `sha1`. */
  readonly algorithm?: "sha1" | "sha256" | "sha512" | undefined;
  /** 6 to 8. Default 6. */
  readonly digits?: number | undefined;
}

/** How long a code is valid (RFC 6238 §5.2 recommends 30 s). */
export const totpStepMs = 30_000;

/** Which step of time it is (RFC 6238 §4.2). @param wallMs milliseconds since 1970 */
export function totpStep(wallMs: number): number {
  return Math.floor(wallMs / totpStepMs);
}

/** The code of one step: HOTP with the step as its counter (RFC 6238 §4.2, RFC 4226 §5.3). */
export function totpCode(
  secret: Uint8Array,
  step: number,
  { algorithm = "sha1", digits = 6 }: TotpOptions = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const number = mac.readUInt32BE(mac[mac.length - 1]! & 15) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** Reads a secret in base32. `undefined` when it is none, or has fewer than 80 bits: RFC 4226 §4 asks for 128, old ones have 80. */
export function parseTotpSecret(text: string): Uint8Array | undefined {
  const secret = parseBase32(text);
  return secret !== undefined && secret.length >= 10 && secret.length <= 64 ? secret : undefined;
}

/** A new secret in base32: 160 bits, as RFC 4226 §4 recommends. */
export function makeTotpSecret(random: Random): string {
  return base32(random.bytes(20));
}

/** What authenticator programs read from a picture: `otpauth://totp/ISSUER:USER?secret=…`. */
export function totpUri(user: string, secret: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(user)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}
