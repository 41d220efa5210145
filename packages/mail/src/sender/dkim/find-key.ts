import type { Cancellable } from "@hawser/core";
import { domainOfAddress } from "../domain.ts";
import { dkimKeyRecordsMax, dkimRsaBitsMax, dkimRsaBitsMin } from "../limits.ts";
import type { DnsLookups } from "../lookups/lookups.ts";
import { type DkimKeyRecord, dkimKeyName, parseDkimKeyRecord } from "./key-record.ts";
import type { DkimReason, DkimStatus } from "./result.ts";
import type { DkimSignature } from "./signature.ts";

/** A key that may be used for a signature, or why there is none. */
export type FoundDkimKey =
  | { readonly type: "key"; readonly record: DkimKeyRecord; readonly bits: number }
  | DkimKeyFault;

/** Why a key may not be used. */
export interface DkimKeyFault {
  readonly type: "fault";
  readonly status: DkimStatus;
  readonly reason: DkimReason;
  readonly detail?: string | undefined;
}

/** Looks up the keys of a signature (RFC 6376 §6.1.2). There is usually one record, and at least one of the result. */
export async function findDkimKeys(
  signature: DkimSignature,
  lookups: DnsLookups,
  options: Cancellable,
): Promise<readonly FoundDkimKey[]> {
  const answer = await lookups.lookUp(dkimKeyName(signature.selector, signature.domain), "TXT", options);
  if (answer.type === "failed") return [fault("temperror", "key-unavailable", answer.reason)];
  if (answer.type === "none") return [fault("permerror", "no-key")];
  return answer.values.slice(0, dkimKeyRecordsMax).map((text) => keyOf(text, signature));
}

function keyOf(text: string, signature: DkimSignature): FoundDkimKey {
  let record: DkimKeyRecord;
  try {
    record = parseDkimKeyRecord(text);
  } catch (error) {
    return fault("permerror", "bad-key", (error as Error).message);
  }
  const { publicKey } = record;
  if (publicKey === undefined) return fault("permerror", "revoked");
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 256;
  return refusal(record, bits, signature) ?? { type: "key", record, bits };
}

function refusal(record: DkimKeyRecord, bits: number, signature: DkimSignature): DkimKeyFault | undefined {
  if (signature.algorithm !== `${record.keyType}-sha256`) return fault("permerror", "bad-key", "it is of another kind");
  if (record.hashes !== undefined && !record.hashes.includes("sha256"))
    return fault("permerror", "bad-key", "it is not for SHA-256");
  if (record.isStrict && domainOfAddress(signature.identity) !== signature.domain)
    return fault("permerror", "bad-key", "it is not for domains below its own");
  if (record.keyType !== "rsa") return undefined;
  if (bits < dkimRsaBitsMin) return fault("policy", "key-too-small", `it has ${bits} bits`);
  return bits > dkimRsaBitsMax ? fault("policy", "key-too-large", `it has ${bits} bits`) : undefined;
}

function fault(status: DkimStatus, reason: DkimReason, detail?: string): DkimKeyFault {
  return { type: "fault", status, reason, detail };
}
