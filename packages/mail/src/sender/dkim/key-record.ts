import { createPublicKey, type KeyObject } from "node:crypto";
import { SenderError } from "../errors.ts";
import { dkimKeyRecordOctetsMax } from "../limits.ts";
import { foldedBase64, parseTagList } from "../tags.ts";
import type { DkimKeyType } from "./words.ts";

/** What the record of a key says (RFC 6376 §3.6.1). */
export interface DkimKeyRecord {
  readonly keyType: DkimKeyType;
  /** `undefined`: it was revoked. */
  readonly publicKey: KeyObject | undefined;
  /** Hashes it may be used with, `h=`; `undefined`: all. */
  readonly hashes: readonly string[] | undefined;
  /** `t=y`: its owner is only trying. */
  readonly isTesting: boolean;
  /** `t=s`: it is not for domains below its own. */
  readonly isStrict: boolean;
}

/** Ed25519 keys are bare in the record (RFC 8463 §4.2); Node wants this before them (RFC 8410 §4). */
const ed25519Prefix = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Reads the text of a key's record.
 * @param text the strings of the TXT record joined
 * @throws {SenderError} `bad-record`, `bad-key`
 */
export function parseDkimKeyRecord(text: string): DkimKeyRecord {
  if (text.length > dkimKeyRecordOctetsMax) throw bad(`it has more than ${dkimKeyRecordOctetsMax} octets`);
  const tags = parseTagList(text);
  const key = tags?.get("p");
  if (tags === undefined || key === undefined) throw bad("it is no list of tags with p=");
  if (tags.has("v") && (tags.get("v") !== "DKIM1" || tags.keys().next().value !== "v"))
    throw bad("it is not of version 1");
  const services = listOf(tags.get("s") ?? "*");
  if (!services.includes("*") && !services.includes("email")) throw bad("it is not for mail");
  const keyType = keyTypeOf(tags.get("k") ?? "rsa");
  const flags = listOf(tags.get("t") ?? "");
  return {
    keyType,
    publicKey: key === "" ? undefined : publicKeyOf(keyType, key),
    hashes: tags.has("h") ? listOf(tags.get("h")!) : undefined,
    isTesting: flags.includes("y"),
    isStrict: flags.includes("s"),
  };
}

/** The text of a key's record, to be published under {@link dkimKeyName}. It may be longer than one string of TXT. */
export function formatDkimKeyRecord(publicKey: KeyObject): string {
  const keyType = publicKey.asymmetricKeyType;
  if (keyType !== "rsa" && keyType !== "ed25519") throw new SenderError("bad-key", `Cannot publish the key: ${kinds}`);
  const der = publicKey.export({ format: "der", type: "spki" });
  const octets = keyType === "rsa" ? der : der.subarray(ed25519Prefix.length);
  return `v=DKIM1; k=${keyType}; p=${octets.toString("base64")}`;
}

/** Where a key is published: `2026._domainkey.example.org` (RFC 6376 §3.6.2.1). */
export function dkimKeyName(selector: string, domain: string): string {
  return `${selector}._domainkey.${domain}`;
}

/** What DKIM has keys of. */
const kinds = "it is neither RSA nor Ed25519";

function keyTypeOf(word: string): DkimKeyType {
  if (word !== "rsa" && word !== "ed25519") throw bad(kinds);
  return word;
}

/** RSA keys are published as SubjectPublicKeyInfo by all, and may be RSAPublicKey as well (RFC 6376 §3.6.1, erratum 3017). */
function publicKeyOf(keyType: DkimKeyType, base64: string): KeyObject {
  const octets = foldedBase64(base64);
  if (octets === undefined) throw bad("p= is no base64");
  if (keyType === "ed25519" && octets.length !== 32) throw bad("an Ed25519 key has 32 octets");
  const der = keyType === "ed25519" ? Buffer.concat([ed25519Prefix, octets]) : Buffer.from(octets);
  const key = readKey(der, "spki") ?? readKey(der, "pkcs1");
  if (key?.asymmetricKeyType !== keyType) throw bad(`p= is no key of type ${keyType}`);
  return key;
}

function readKey(key: Buffer, type: "pkcs1" | "spki"): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: "der", type });
  } catch {
    return undefined;
  }
}

function listOf(value: string): readonly string[] {
  return value.split(":").map((word) => word.trim().toLowerCase());
}

function bad(reason: string): SenderError {
  return new SenderError("bad-record", `Cannot read the DKIM key: ${reason}`);
}
