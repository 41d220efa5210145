import type { DkimSignature } from "./signature.ts";

/** What is said of a signature (RFC 8601 §2.7.1). A message without one has no result. */
export type DkimStatus = "fail" | "neutral" | "pass" | "permerror" | "policy" | "temperror";

/** Why a signature did not pass. */
export type DkimReason =
  | "bad-key" // its record cannot be read, is of another kind, or refuses this use
  | "bad-message" // no From, or several
  | "bad-signature" // the signature and its header do not fit
  | "body-changed" // the hash of the body is another
  | "body-cut" // the body is shorter than the signed one
  | "body-extended" // what lies behind the signed octets anybody may have added (RFC 6376 §8.2)
  | "expired"
  | "fields-added" // fields that may be there once are there again, unsigned (RFC 6376 §8.15)
  | "from-the-future"
  | "key-too-small" // RFC 8301 §3.2
  | "key-too-large"
  | "key-unavailable" // the DNS did not answer
  | "no-key"
  | "revoked"
  | "syntax" // it breaks the grammar
  | "unknown-algorithm"
  | "weak-algorithm"; // SHA-1 (RFC 8301 §3.1)

/** What became of one signature. */
export interface DkimResult {
  readonly status: DkimStatus;
  /** Absent when it passed. */
  readonly reason?: DkimReason | undefined;
  /** More about it, for people. */
  readonly detail?: string | undefined;
  /** What it says of itself; absent when it cannot be read. */
  readonly signature?: DkimSignature | undefined;
  /** Bits of its key, 256 for Ed25519; absent when no key was found, or none was looked for. */
  readonly keyBits?: number | undefined;
  /** Whether its owner is only trying (`t=y`): then a failure means nothing (RFC 6376 §3.6.1). */
  readonly isTesting: boolean;
  /** Octets of the body that it does not cover (`l=`). */
  readonly unsignedOctets: number;
}
