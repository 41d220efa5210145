import { quote } from "@hawser/core";
import { DnsTextError } from "../errors.ts";
import { type DomainName, parseDomainName } from "../name/domain-name.ts";
import { base64 } from "../records/fields/octets.ts";
import { formatDnsRcode } from "../words.ts";

/** A hash that TSIG knows (RFC 8945 §6). */
export interface TsigAlgorithm {
  readonly name: DomainName;
  /** As `node:crypto` calls it. */
  readonly hash: string;
  /** Octets of a whole MAC. */
  readonly macOctets: number;
}

/** By the names that configurations use. MD5 and SHA-1 are there for old peers only (RFC 8945 §6). */
export const tsigAlgorithms: Readonly<Record<string, TsigAlgorithm>> = {
  "hmac-md5": algorithm("hmac-md5.sig-alg.reg.int", "md5", 16),
  "hmac-sha1": algorithm("hmac-sha1", "sha1", 20),
  "hmac-sha224": algorithm("hmac-sha224", "sha224", 28),
  "hmac-sha256": algorithm("hmac-sha256", "sha256", 32),
  "hmac-sha384": algorithm("hmac-sha384", "sha384", 48),
  "hmac-sha512": algorithm("hmac-sha512", "sha512", 64),
};

/** A secret that two peers share, and its name (RFC 8945 §4.2). */
export interface TsigKey {
  readonly name: DomainName;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

/**
 * Reads a key as `dig -y` takes it: `hmac-sha256:transfer.example.:c2VjcmV0`; without an algorithm, HMAC-SHA256 is meant.
 * @throws {DnsTextError} which does not tell the secret
 */
export function parseTsigKey(text: string): TsigKey {
  const parts = text.split(":");
  const [secret, name, method = "hmac-sha256"] = parts.reverse();
  const found = Object.hasOwn(tsigAlgorithms, method.toLowerCase()) ? tsigAlgorithms[method.toLowerCase()] : undefined;
  const octets = base64.parse(secret ?? "");
  if (parts.length > 3 || name === undefined) throw badKey("it is written as ALGORITHM:NAME:SECRET");
  if (found === undefined) throw badKey(`nobody knows the algorithm ${quote(method)}`);
  if (octets === undefined || octets.length === 0) throw badKey("its secret is not base64");
  return { name: parseDomainName(name), algorithm: found, secret: octets };
}

/** `BADSIG`; from 16 on an error of TSIG means something else than one of a message (RFC 8945 §3). */
export function tsigErrorText(error: number): string {
  return error === 16 ? "BADSIG" : formatDnsRcode(error);
}

function algorithm(name: string, hash: string, macOctets: number): TsigAlgorithm {
  return { name: parseDomainName(name), hash, macOctets };
}

function badKey(reason: string): DnsTextError {
  return new DnsTextError("bad-value", `Cannot read the TSIG key: ${reason}`);
}
