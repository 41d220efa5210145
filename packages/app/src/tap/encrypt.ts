import { createCipheriv, createDecipheriv, scryptSync } from "node:crypto";
import { type Random, UsageError } from "@hawser/core";
import { syntaxError } from "../config/document.ts";
import { configurationLimits as limits } from "../config/limits.ts";
import type { TapType } from "./types.ts";

/** How costly it is to try a passphrase. The defaults take about half a second and 128 MiB, once. */
export interface TapEncryptionCost {
  /** A power of two. Default 131,072. */
  readonly n?: number | undefined;
}

const magic = "hawser-encrypted";
const header =
  /^hawser-encrypted 1 (tap|tas|tax) scrypt (\d{1,7}) 8 1 ([A-Za-z\d+/]{22}==) aes-256-gcm ([A-Za-z\d+/]{16})\n/;

/** Whether a text is an encrypted one, by its first word. */
export function isEncrypted(text: string): boolean {
  return text.startsWith(`${magic} `);
}

/**
 * Encrypts a tap, tas or tax file under a passphrase: scrypt (RFC 7914) and AES-256-GCM, as text. The first line tells all
 * that is needed to read it, and cannot be changed unnoticed.
 * @throws {UsageError} for an empty passphrase
 */
export function encryptTap(
  text: string,
  type: TapType,
  passphrase: string,
  random: Random,
  { n = costDefault }: TapEncryptionCost = {},
): string {
  const [salt, iv] = [random.bytes(16), random.bytes(12)];
  const line = `${magic} 1 ${type} scrypt ${n} 8 1 ${base64(salt)} aes-256-gcm ${base64(iv)}\n`;
  const cipher = createCipheriv("aes-256-gcm", deriveKey(passphrase, salt, n), iv).setAAD(Buffer.from(line));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${line}${sealed.toString("base64").replace(/.{1,76}/g, "$&\n")}`;
}

/**
 * Decrypts what {@link encryptTap} has written. How costly that may be is bounded, so that a file cannot ask for hours.
 * @throws {UsageError} for a wrong passphrase, which nothing can tell from a changed file
 * @throws {ConfigurationError} for a first line that means nothing
 */
export function decryptTap(
  text: string,
  passphrase: string,
  file: string,
): { readonly type: TapType; readonly text: string } {
  const found = header.exec(text);
  if (found === null) throw syntaxError({ file, line: 1 }, "it is encrypted in a way that this program does not know");
  const [line, type, n, salt, iv] = found as unknown as readonly [string, TapType, string, string, string];
  requireCost(Number(n), file);
  const sealed = sealedOctets(text.slice(line.length), file);
  const key = deriveKey(passphrase, Buffer.from(salt, "base64"), Number(n));
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64")).setAAD(Buffer.from(line));
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    return { type, text: plain.toString("utf8") };
  } catch {
    throw new UsageError(`Cannot decrypt ${JSON.stringify(file)}: the passphrase is wrong, or the file was changed`);
  }
}

function requireCost(n: number, file: string): void {
  if (n >= costMin && n <= costMax && Number.isInteger(Math.log2(n))) return;
  throw syntaxError({ file, line: 1 }, `its scrypt cost is ${n}, and not a power of two from ${costMin} to ${costMax}`);
}

function sealedOctets(text: string, file: string): Buffer {
  const isBase64 = /^(?:[A-Za-z\d+/]{1,76}={0,2}\n)+$/.test(text);
  const octets = isBase64 ? Buffer.from(text, "base64") : Buffer.alloc(0);
  if (octets.length <= 16) throw syntaxError({ file }, "it is cut short, or no base64");
  return octets;
}

function deriveKey(passphrase: string, salt: Uint8Array, n: number): Buffer {
  const octets = Buffer.from(passphrase.normalize("NFC"));
  if (octets.length === 0) throw new UsageError("Cannot encrypt or decrypt: the passphrase is empty");
  if (octets.length > limits.secretOctetsMax)
    throw new UsageError("Cannot encrypt or decrypt: the passphrase is too long");
  return scryptSync(octets, salt, 32, { N: n, r: 8, p: 1, maxmem: 2 * 128 * n * 8 });
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}

/** RFC 7914 §2 leaves it open; OWASP's minimum of 2023 is this, with r = 8 and p = 1. */
const costDefault = 131_072;
/** Below this a passphrase is tried too cheaply to be worth having. */
const costMin = 1_024;
/** 256 MiB, and some two seconds. */
const costMax = 262_144;
