import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { realClock } from "../real/clock.ts";
import type { KeyPair } from "../security.ts";
import { der, derBits, derInteger, derOctets, derOid, derSequence, derText, derTime } from "./der.ts";

/** What to write into a certificate made by {@link selfSignedCertificate}. */
export interface CertificateOptions {
  /** Host names, wildcards and literal addresses it is for; the first is also its subject. Default `localhost`, `127.0.0.1`, `::1`. */
  readonly names?: readonly string[] | undefined;
  /** How long it is valid from `now` on; negative: it has expired. Default 30. */
  readonly days?: number | undefined;
  /** Milliseconds since 1970, where its validity begins (an hour before, for skewed clocks). Default: now. */
  readonly now?: number | undefined;
  /** Makes an authority, to be given as `ca` for other certificates. Default false. */
  readonly authority?: boolean | undefined;
  /** Who signs it: an authority made here before. Default: it signs itself. */
  readonly ca?: KeyPair | undefined;
}

/** A key pair whose both halves are text. */
export interface CertificateText extends KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const ecdsaWithSha256 = derSequence(derOid("1.2.840.10045.4.3.2"));

/** The certificate extensions written here (RFC 5280 §4.2.1). */
const extensionOid = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

const serverAuth = derOid("1.3.6.1.5.5.7.3.1");
const clientAuth = derOid("1.3.6.1.5.5.7.3.2");
const derTrue = der(0x01, Buffer.from([0xff]));

/**
 * Makes a P-256 key and a certificate for it, so that tests and demonstrations can speak TLS without any file or tool.
 * Signed by itself, or by `ca`. Nothing in the world trusts it (RFC 5280).
 */
export function selfSignedCertificate(options: CertificateOptions = {}): CertificateText {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const names = options.names ?? ["localhost", "127.0.0.1", "::1"];
  const issuer =
    options.ca === undefined ? { name: names[0]!, key: privateKey, id: keyId(spki) } : issuerOf(options.ca);
  const now = options.now ?? realClock.wall();
  const lastMs = now + (options.days ?? 30) * dayMs;
  const body = derSequence(
    der(0xa0, derInteger(Buffer.from([2]))), // version 3
    derInteger(keyId(spki)), // the serial number: unique, since the key is
    ecdsaWithSha256,
    commonName(issuer.name),
    derSequence(derTime(Math.min(now, lastMs) - hourMs), derTime(lastMs)),
    commonName(names[0]!),
    spki,
    der(0xa3, derSequence(...extensions(names, options.authority ?? false, keyId(spki), issuer.id))),
  );
  const signed = derSequence(body, ecdsaWithSha256, derBits(sign("sha256", body, issuer.key)));
  return { certificate: pem(signed), key: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}

function issuerOf(ca: KeyPair): { name: string; key: KeyObject; id: Uint8Array } {
  const certificate = new X509Certificate(ca.certificate);
  const name = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  if (name === undefined || !certificate.ca) throw new TypeError("Cannot sign a certificate: ca is not an authority");
  const spki = certificate.publicKey.export({ type: "spki", format: "der" });
  return { name, key: createPrivateKey({ key: Buffer.from(ca.key), format: "pem" }), id: keyId(spki) };
}

function commonName(name: string): Uint8Array {
  return derSequence(der(0x31, derSequence(derOid("2.5.4.3"), derText(name))));
}

function extensions(
  names: readonly string[],
  authority: boolean,
  subjectId: Uint8Array,
  issuerId: Uint8Array,
): Uint8Array[] {
  const usage = authority ? derBits(Buffer.from([0x06]), 1) : derBits(Buffer.from([0x80]), 7); // keyCertSign+cRLSign, digitalSignature
  const list = [
    extension("basicConstraints", authority ? derSequence(derTrue) : derSequence(), true),
    extension("keyUsage", usage, true),
    extension("subjectKeyIdentifier", derOctets(subjectId)),
    extension("authorityKeyIdentifier", derSequence(der(0x80, issuerId))),
  ];
  if (authority) return list;
  list.push(extension("extendedKeyUsage", derSequence(serverAuth, clientAuth)));
  list.push(extension("subjectAltName", derSequence(...names.map(generalName))));
  return list;
}

function extension(name: keyof typeof extensionOid, value: Uint8Array, critical = false): Uint8Array {
  return derSequence(derOid(extensionOid[name]), ...(critical ? [derTrue] : []), derOctets(value));
}

/** dNSName or iPAddress (RFC 5280 §4.2.1.6). */
function generalName(name: string): Uint8Array {
  if (isIPv4(name)) return der(0x87, Buffer.from(name.split(".").map(Number)));
  if (isIPv6(name)) return der(0x87, ipv6Octets(name));
  return der(0x82, Buffer.from(name, "latin1"));
}

function ipv6Octets(address: string): Uint8Array {
  const [head = "", tail] = address.split("::");
  const groups = (part: string) => part.split(":").filter((group) => group !== "");
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : 8 - groups(head).length - after.length;
  const all = [...groups(head), ...Array<string>(zeros).fill("0"), ...after];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** 16 octets that name a key; the top bit is clear, so that they are a positive serial number too. */
function keyId(spki: Uint8Array): Uint8Array {
  const id = createHash("sha256").update(spki).digest().subarray(0, 16);
  id[0] = (id[0]! & 0x3f) | 0x40;
  return id;
}

function pem(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate).toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines.trimEnd()}\n-----END CERTIFICATE-----\n`;
}
