/**
 * The hash function for a certificate's own channel binding: the one in its signature, but SHA-256 in the place of MD5 and
 * SHA-1 (RFC 5929 §4.1). `undefined` when the signature has none (Ed25519), or the octets are no certificate.
 */
export function certificateHash(certificate: Uint8Array): string | undefined {
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { OBJECT IDENTIFIER, parameters }, … }
  const whole = elementAt(certificate, 0);
  const signed = whole && elementAt(certificate, whole.start);
  const algorithm = signed && elementAt(certificate, signed.end);
  const oid = algorithm && elementAt(certificate, algorithm.start);
  if (oid === undefined || oid.tag !== objectIdentifier) return undefined;
  const name = hex(certificate, oid);
  if (name === rsassaPss) return pssHash(certificate.subarray(oid.end, algorithm!.end));
  return signatureHashes[name];
}

/** The hash of RSASSA-PSS is in its parameters (RFC 4055 §3.1): `[0] SEQUENCE { OBJECT IDENTIFIER }`, SHA-1 when absent. */
function pssHash(parameters: Uint8Array): string | undefined {
  const fields = elementAt(parameters, 0);
  const first = fields && elementAt(parameters, fields.start);
  if (first?.tag !== 0xa0) return "sha256";
  const algorithm = elementAt(parameters, first.start);
  const oid = algorithm && elementAt(parameters, algorithm.start);
  return oid && pssHashes[hex(parameters, oid)];
}

/** Where an element's content begins and ends. */
interface DerElement {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** The element of DER that begins at an octet; `undefined` when it does not lie inside. */
function elementAt(octets: Uint8Array, at: number): DerElement | undefined {
  const tag = octets[at];
  const short = octets[at + 1];
  if (tag === undefined || short === undefined) return undefined;
  const lengthOctets = short < 0x80 ? 0 : short & 0x7f;
  if (lengthOctets > 3) return undefined; // a certificate of 16 MiB
  let length = short < 0x80 ? short : 0;
  for (let i = 0; i < lengthOctets; i++) length = length * 256 + (octets[at + 2 + i] ?? 0);
  const start = at + 2 + lengthOctets;
  return start + length > octets.length ? undefined : { tag, start, end: start + length };
}

function hex(octets: Uint8Array, { start, end }: DerElement): string {
  return Buffer.from(octets.subarray(start, end)).toString("hex");
}

const objectIdentifier = 0x06;

const rsassaPss = "2a864886f70d01010a"; // 1.2.840.113549.1.1.10

/** By object identifier: RSA (RFC 4055 §5), ECDSA (RFC 5758 §3.2), DSA (RFC 5758 §3.1). */
const signatureHashes: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256", // MD5
  "2a864886f70d010105": "sha256", // SHA-1
  "2a864886f70d01010e": "sha224",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a8648ce3d0401": "sha256", // SHA-1
  "2a8648ce3d040301": "sha224",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
  "2a8648ce380403": "sha256", // SHA-1
  "608648016503040301": "sha224",
  "608648016503040302": "sha256",
};

/** By object identifier: RFC 4055 §2.1. */
const pssHashes: Readonly<Record<string, string>> = {
  "2b0e03021a": "sha256", // SHA-1
  "608648016503040204": "sha224",
  "608648016503040201": "sha256",
  "608648016503040202": "sha384",
  "608648016503040203": "sha512",
};
