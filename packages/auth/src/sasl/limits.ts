import type { ScramHash } from "../credentials.ts";

/** Bounds of everything a peer may send. Octets are those inside base64. */
export const saslLimits = {
  /** One message. RFC 4954 §4 has 12,288 octets of base64 as the least that a client must be able to send; tokens are the long ones. */
  messageOctetsMax: 16_384,
  /** A user's name. RFC 4616 §2 has no bound; LDAP and mail know no names as long. */
  userOctetsMax: 1_024,
  /** A password. */
  passwordOctetsMax: 4_096,
  /** A nonce, both halves. Ours has 24 octets; RFC 5802 has no bound. */
  nonceOctetsMax: 512,
  /** A salt. Ours has 16 octets; RFC 5802 has no bound. */
  saltOctetsMax: 1_024,
  /** What somebody anonymous calls itself, in characters: RFC 4505 §2. */
  traceCharactersMax: 255,
  /** Fields in one message: DIGEST-MD5 has the most, with 11. */
  fieldsMax: 32,
} as const;

/** The iterations of SCRAM that are sensible. */
export const scramIterations = {
  /** Fewer are too few: RFC 5802 §5.1, RFC 7677 §4. */
  min: 4_096,
  /** What new secrets get, as GNU SASL does: some 25 ms of one core for each guess. */
  usual: 65_536,
  /** More would make a client work for many seconds because a server says so. */
  max: 10_000_000,
} as const;

/** How many octets each hash of SCRAM has. */
export const scramHashOctets: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };
