import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject } from "node:crypto";
import { quote } from "@hawser/core";
import { asciiDomain } from "../domain.ts";
import { SenderError } from "../errors.ts";
import { dkimRsaBitsMax, dkimRsaBitsMin } from "../limits.ts";
import { dkimKeyName, formatDkimKeyRecord } from "./key-record.ts";
import type { DkimKeyType } from "./words.ts";

/** A key that signs for a domain. */
export interface DkimKey {
  /** `d=`. Labels that are not ASCII become A-labels. */
  readonly domain: string;
  /** `s=`: under which name the key is published. */
  readonly selector: string;
  /** In PEM (PKCS #1 or #8), or as Node has keys: RSA of 1,024 to 8,192 bits, or Ed25519. */
  readonly privateKey: KeyObject | string;
}

/** What is to be published so that others can verify. */
export interface DkimDnsRecord {
  /** `2026._domainkey.example.org` */
  readonly name: string;
  readonly type: "TXT";
  /** One text; in the DNS it is cut into strings of 255 octets. */
  readonly text: string;
}

/**
 * Makes a key in PEM, PKCS #8. Both kinds side by side are understood by most: Ed25519 is small and quick, RSA is known to all.
 * @param bits of RSA keys; default 2,048 (RFC 8301 §3.2)
 */
export function generateDkimKey(
  type: DkimKeyType,
  { bits = 2048 }: { readonly bits?: number | undefined } = {},
): string {
  if (bits < dkimRsaBitsMin || bits > dkimRsaBitsMax)
    throw new RangeError(`Cannot make a key of ${bits} bits: ${dkimRsaBitsMin} to ${dkimRsaBitsMax} may be`);
  const { privateKey } =
    type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: bits }) : generateKeyPairSync("ed25519");
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** The record to publish for a key (RFC 6376 §3.6.1). @throws {SenderError} `bad-key`, `bad-domain` */
export function dkimDnsRecord(key: DkimKey): DkimDnsRecord {
  const { domain, selector, privateKey } = readDkimKey(key);
  return { name: dkimKeyName(selector, domain), type: "TXT", text: formatDkimKeyRecord(createPublicKey(privateKey)) };
}

/** A key that was checked. */
export interface ReadDkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly privateKey: KeyObject;
  readonly type: DkimKeyType;
}

/** Reads and checks a key. @throws {SenderError} `bad-key`, `bad-domain` */
export function readDkimKey({ domain, selector, privateKey }: DkimKey): ReadDkimKey {
  const asciiName = asciiDomain(domain);
  if (asciiName === undefined) throw new SenderError("bad-domain", `Cannot sign for ${quote(domain)}: it is no domain`);
  const below = asciiDomain(`${selector}._domainkey`);
  if (below === undefined)
    throw new SenderError("bad-domain", `Cannot use the selector ${quote(selector)}: it is no name`);
  const key = privateKey instanceof KeyObject ? privateKey : keyOfPem(privateKey);
  return { domain: asciiName, selector: below.slice(0, -"._domainkey".length), privateKey: key, type: typeOf(key) };
}

function keyOfPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new SenderError("bad-key", "Cannot read the DKIM key: it is no private key in PEM"); // nothing of it is told
  }
}

function typeOf(key: KeyObject): DkimKeyType {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.type !== "private") throw new SenderError("bad-key", "Cannot sign with the DKIM key: it is not private");
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  if (key.asymmetricKeyType !== "rsa")
    throw new SenderError("bad-key", "Cannot sign with the DKIM key: it is neither RSA nor Ed25519");
  if (bits >= dkimRsaBitsMin && bits <= dkimRsaBitsMax) return "rsa";
  throw new SenderError("bad-key", `Cannot sign with an RSA key of ${bits} bits: ${dkimRsaBitsMin} are the least`);
}
