import { X509Certificate } from "node:crypto";
import { ConnectionError, quote } from "../errors.ts";
import type { KeyPair } from "../security.ts";

const plainStart = "plain certificate for ";

/**
 * A certificate for simulations, which claims names and proves nothing: `plain certificate for example.org *.example.org`.
 * Real PEM certificates serve as well.
 */
export function plainKeyPair(...names: string[]): KeyPair {
  for (const name of names) if (!/^[\w.*-]+$/.test(name)) throw new TypeError(`Cannot claim the name ${quote(name)}`);
  return { certificate: `${plainStart}${names.join(" ")}`, key: "plain key" };
}

/** True when a certificate claims a name; `*` stands for one leftmost label (RFC 9525 §6.3). */
export function certificateClaims(certificate: string, name: string): boolean {
  if (!certificate.startsWith(plainStart)) return parsePem(certificate).checkHost(name) !== undefined;
  const wanted = name.toLowerCase();
  return certificate
    .slice(plainStart.length)
    .toLowerCase()
    .split(" ")
    .some(
      (claimed) => claimed === wanted || (claimed.startsWith("*.") && claimed.slice(1) === afterFirstLabel(wanted)),
    );
}

/** A certificate's octets: DER of a PEM, the text of a plain one. */
export function certificateOctets(certificate: string): Uint8Array {
  return certificate.startsWith(plainStart) ? Buffer.from(certificate) : parsePem(certificate).raw;
}

function afterFirstLabel(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}

function parsePem(certificate: string): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new ConnectionError("bad-certificate", `Cannot read certificate ${quote(certificate)}`, { cause });
  }
}
