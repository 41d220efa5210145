import type { Instant } from "@hawser/core";
import type { DnsEncodedSet } from "../message/answer.ts";
import { Credibility, type NegativeEntry, type PositiveEntry } from "./entries.ts";
import { negativeTtlMax, positiveTtlMax } from "./limits.ts";
import type { AliasLink } from "./read-aliases.ts";
import type { ReplyReading } from "./read-reply.ts";

type ReplyOf<Type extends ReplyReading["type"]> = Extract<ReplyReading, { readonly type: Type }>;

/** An answer to be kept. */
export function answerEntry({ found, proofs, isAuthoritative }: ReplyOf<"answer">, now: Instant): PositiveEntry {
  const { set, signatures } = found;
  return positiveEntry({ set, signatures, moved: [], proofs, target: undefined }, isAuthoritative, now);
}

/** An alias to be kept. */
export function aliasEntry({ found, target, moved }: AliasLink, isAuthoritative: boolean, now: Instant): PositiveEntry {
  const { set, signatures } = found;
  return positiveEntry({ set, signatures, moved, proofs: [], target }, isAuthoritative, now);
}

/** A denial to be kept: it counts as long as its SOA says. */
export function denialEntry(
  { rcode, ttl, authorities, isAuthoritative }: ReplyOf<"negative">,
  now: Instant,
): NegativeEntry {
  const expiresAt = now + Math.min(ttl, negativeTtlMax) * 1_000;
  const kept = authorities.map((set) => ({ ...set, ttl: Math.min(set.ttl, ttl) }));
  return {
    type: "negative",
    rcode,
    authorities: kept,
    credibility: credibility(isAuthoritative),
    storedAt: now,
    expiresAt,
  };
}

type Parts = Pick<PositiveEntry, "moved" | "proofs" | "set" | "signatures" | "target">;

function positiveEntry(parts: Parts, isAuthoritative: boolean, now: Instant): PositiveEntry {
  const sets: readonly DnsEncodedSet[] = [parts.set, ...parts.moved, ...parts.proofs];
  const ttl = Math.min(positiveTtlMax, ...sets.map((set) => set.ttl));
  const expiresAt = now + ttl * 1_000;
  return { type: "positive", ...parts, credibility: credibility(isAuthoritative), storedAt: now, expiresAt };
}

function credibility(isAuthoritative: boolean): number {
  return isAuthoritative ? Credibility.authoritative : Credibility.answer;
}
