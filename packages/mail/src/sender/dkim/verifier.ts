import { createHash, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import type { Cancellable } from "@hawser/core";
import type { MailField, MailHeader } from "@hawser/mime";
import { dkimClockSkewSeconds, dkimSignaturesMax } from "../limits.ts";
import type { DnsLookups } from "../lookups/lookups.ts";
import { type DkimBodyHash, DkimBodyHashes } from "./body-hash.ts";
import { canonicalHeader, canonicalSignatureField } from "./canonical-header.ts";
import { type FoundDkimKey, findDkimKeys } from "./find-key.ts";
import type { DkimReason, DkimResult, DkimStatus } from "./result.ts";
import { type DkimSignature, parseDkimSignature } from "./signature.ts";
import { dkimSingleFields } from "./words.ts";

/** How signatures are verified. */
export interface DkimVerifyOptions extends Cancellable {
  /** Where keys are looked up. */
  readonly lookups: DnsLookups;
  /** Now, in milliseconds since 1970: `reactor.clock.wall()`. */
  readonly now: number;
  /** So many signatures are looked at, from the top. Default 8. */
  readonly signaturesMax?: number | undefined;
  /** Lets signatures pass that do not cover the end of the body (RFC 6376 §8.2). Default false: they are `policy`. */
  readonly acceptsUnsignedBody?: boolean | undefined;
}

/**
 * Verifies the signatures of a message that passes by: its header first, then its body in chunks cut anywhere (RFC 6376 §6).
 *
 * ```ts no-run
 * const verifier = new DkimVerifier(header, { lookups, now: reactor.clock.wall() });
 * for await (const chunk of body) verifier.receive(chunk);
 * const passed = (await verifier.finish()).filter(({ status }) => status === "pass");
 * ```
 */
export class DkimVerifier {
  readonly #header: MailHeader;
  readonly #options: DkimVerifyOptions;
  readonly #body = new DkimBodyHashes();
  readonly #candidates: readonly Candidate[];
  /** Signatures beyond the limit, which nobody looks at. */
  readonly ignoredCount: number;

  constructor(header: MailHeader, options: DkimVerifyOptions) {
    const { signaturesMax = dkimSignaturesMax } = options;
    const fields = header.fields.filter(({ name }) => name.toLowerCase() === "dkim-signature");
    this.#header = header;
    this.#options = options;
    this.#candidates = fields.slice(0, signaturesMax).map((field) => this.#candidate(field));
    this.ignoredCount = Math.max(0, fields.length - signaturesMax);
  }

  /** Takes a piece of the body. */
  receive(chunk: Uint8Array): void {
    this.#body.receive(chunk);
  }

  /** The body is over: what became of each signature, from the top. Call it once. Rejects with `signal.reason` alone. */
  async finish(): Promise<readonly DkimResult[]> {
    this.#body.end();
    return Promise.all(this.#candidates.map((candidate) => this.#check(candidate)));
  }

  #candidate(field: MailField): Candidate {
    try {
      const signature = parseDkimSignature(field);
      const refused = this.#refusal(signature);
      if (refused !== undefined) return { type: "refused", result: refused };
      const bodyHash = this.#body.want(signature.bodyCanonicalization, signature.bodyOctets);
      return { type: "signature", field, signature, bodyHash };
    } catch (error) {
      return { type: "refused", result: resultOf("permerror", "syntax", { detail: (error as Error).message }) };
    }
  }

  /** What can be said before the body came. */
  #refusal(signature: DkimSignature): DkimResult | undefined {
    const { algorithm, signedAt, expiresAt } = signature;
    const seconds = this.#options.now / 1000;
    if (this.#header.all("from").length !== 1) return resultOf("permerror", "bad-message", { signature });
    if (algorithm === "rsa-sha1") return resultOf("policy", "weak-algorithm", { signature });
    if (algorithm !== "rsa-sha256" && algorithm !== "ed25519-sha256")
      return resultOf("neutral", "unknown-algorithm", { signature });
    if (expiresAt !== undefined && seconds > expiresAt + dkimClockSkewSeconds)
      return resultOf("fail", "expired", { signature });
    if (signedAt !== undefined && seconds < signedAt - dkimClockSkewSeconds)
      return resultOf("fail", "from-the-future", { signature });
    return undefined;
  }

  async #check(candidate: Candidate): Promise<DkimResult> {
    if (candidate.type === "refused") return candidate.result;
    const { signature, bodyHash } = candidate;
    const unsignedOctets = Math.max(0, bodyHash.octetCount - (signature.bodyOctets ?? bodyHash.octetCount));
    const facts = { signature, unsignedOctets };
    if (bodyHash.octetCount < (signature.bodyOctets ?? 0)) return resultOf("fail", "body-cut", facts);
    if (!isSame(bodyHash.digest, signature.bodyHash)) return resultOf("fail", "body-changed", facts);
    const keys = await findDkimKeys(signature, this.#options.lookups, this.#options);
    const results = keys.map((key) => this.#withKey(candidate, key, facts));
    return results.find(({ status }) => status === "pass" || status === "policy") ?? results[0]!;
  }

  #withKey({ field, signature }: Signed, key: FoundDkimKey, facts: Facts): DkimResult {
    if (key.type === "fault") return resultOf(key.status, key.reason, { ...facts, detail: key.detail });
    const more = { ...facts, keyBits: key.bits, isTesting: key.record.isTesting };
    const { headerCanonicalization: kind, signedFields } = signature;
    const text = canonicalHeader(this.#header, signedFields, kind) + canonicalSignatureField(field.octets, kind);
    if (!isSignatureOf(text, signature, key.record.publicKey!)) return resultOf("fail", "bad-signature", more);
    const added = addedFields(this.#header, signedFields);
    if (added.length > 0) return resultOf("policy", "fields-added", { ...more, detail: added.join(", ") });
    if (more.unsignedOctets > 0 && this.#options.acceptsUnsignedBody !== true)
      return resultOf("policy", "body-extended", { ...more, detail: `${more.unsignedOctets} octets are not signed` });
    return resultOf("pass", undefined, more);
  }
}

/** Verifies a whole message: see {@link DkimVerifier}. */
export function verifyDkim(
  header: MailHeader,
  body: Uint8Array | readonly Uint8Array[],
  options: DkimVerifyOptions,
): Promise<readonly DkimResult[]> {
  const verifier = new DkimVerifier(header, options);
  for (const chunk of body instanceof Uint8Array ? [body] : body) verifier.receive(chunk);
  return verifier.finish();
}

type Signed = {
  readonly type: "signature";
  readonly field: MailField;
  readonly signature: DkimSignature;
  readonly bodyHash: DkimBodyHash;
};

type Candidate = Signed | { readonly type: "refused"; readonly result: DkimResult };

type Facts = Omit<Partial<DkimResult>, "reason" | "status"> & { readonly unsignedOctets: number };

function resultOf(status: DkimStatus, reason: DkimReason | undefined, facts: Partial<DkimResult>): DkimResult {
  return { isTesting: false, unsignedOctets: 0, ...facts, status, ...(reason === undefined ? {} : { reason }) };
}

function isSignatureOf(text: string, { algorithm, octets }: DkimSignature, key: KeyObject): boolean {
  const data = Buffer.from(text, "latin1");
  if (algorithm === "rsa-sha256") return verify("sha256", data, key, octets);
  return verify(null, createHash("sha256").update(data).digest(), key, octets);
}

/** Fields that a message has once, are signed, and are there more often than they were signed. */
function addedFields(header: MailHeader, signedFields: readonly string[]): readonly string[] {
  return [...new Set(signedFields)].filter(
    (name) =>
      dkimSingleFields.has(name) && header.all(name).length > signedFields.filter((other) => other === name).length,
  );
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
