import type { Instant } from "@hawser/core";
import { ExtendedDnsError } from "../edns/options/extended-error.ts";
import type { EdnsOption } from "../edns/options/table.ts";
import type { DnsEncodedSet } from "../message/answer.ts";
import type { DomainName } from "../name/domain-name.ts";
import { DnsType } from "../records/types.ts";
import { type DnsResponse, dnsResponse } from "../serving/reply.ts";
import { DnsRcode } from "../words.ts";
import { type PositiveEntry, type RecursionEntry, ttlLeft } from "./entries.ts";
import type { RecursionFailure } from "./failures.ts";
import { staleTtl } from "./limits.ts";

/** What a question led to. */
export type RecursionResult =
  | {
      readonly type: "found";
      /** Aliases, from the name that was asked for on. */
      readonly links: readonly PositiveEntry[];
      readonly entry: RecursionEntry;
      /** Some of it is out of date, and nothing newer was to be had (RFC 8767). */
      readonly isStale?: boolean | undefined;
      /** The info code of an extended error that says more (RFC 8914). */
      readonly infoCode?: number | undefined;
    }
  | { readonly type: "failed"; readonly failure: RecursionFailure };

/** How a result is told. */
export interface RecursionResponseOptions {
  /** With signatures and proofs (RFC 4035 §3.2.1). Default false. */
  readonly dnssecOk?: boolean | undefined;
}

/** Makes the answer for a client: TTLs counted down, and signatures for those who want them. AD is never set: nothing is validated. */
export function responseOf(result: RecursionResult, now: Instant, options: RecursionResponseOptions = {}): DnsResponse {
  if (result.type === "failed") return failureResponse(result.failure);
  const { links, entry, isStale = false } = result;
  const { dnssecOk = false } = options;
  const aged = agedBy(now, isStale, dnssecOk);
  const answers = [...links, entry].flatMap((one, at) => aged(one, answersOf(one, links[at - 1]?.target)));
  const authorities = [...links, entry].flatMap((one) => aged(one, authoritiesOf(one)));
  const isNoName = entry.type === "negative" && entry.rcode === DnsRcode.nxDomain;
  const rcode = entry.type === "negative" ? entry.rcode : DnsRcode.noError;
  const codes = [result.infoCode ?? [], isStale ? staleCode(isNoName) : []].flat();
  return dnsResponse({
    rcode,
    recursionAvailable: true,
    answers,
    authorities,
    options: codes.map((code) => told(code)),
  });
}

function failureResponse({ infoCodes, text }: RecursionFailure): DnsResponse {
  const options = infoCodes.map((code, at) => told(code, at === infoCodes.length - 1 ? text : ""));
  return dnsResponse({ rcode: DnsRcode.servFail, recursionAvailable: true, options });
}

/** An extended error. */
export function told(infoCode: number, text = ""): EdnsOption {
  return { type: "extended-error", infoCode, text };
}

function staleCode(isNoName: boolean): number {
  return isNoName ? ExtendedDnsError.staleNxdomainAnswer : ExtendedDnsError.staleAnswer;
}

/** @param name as the alias before spells it: what is remembered has the letters of whoever asked first */
function answersOf(entry: RecursionEntry, name: DomainName | undefined): readonly DnsEncodedSet[] {
  if (entry.type === "negative") return [];
  const { moved, set, signatures } = entry;
  const own = signatures === undefined ? [set] : [set, signatures];
  return [...moved, ...(name === undefined ? own : own.map((one) => ({ ...one, name })))];
}

function authoritiesOf(entry: RecursionEntry): readonly DnsEncodedSet[] {
  return entry.type === "negative" ? entry.authorities : entry.proofs;
}

type Aged = (entry: RecursionEntry, sets: readonly DnsEncodedSet[]) => readonly DnsEncodedSet[];

function agedBy(now: Instant, isStale: boolean, dnssecOk: boolean): Aged {
  return (entry, sets) => {
    const isOver = isStale && entry.expiresAt <= now;
    const ttlOf = (set: DnsEncodedSet): number => (isOver ? staleTtl : ttlLeft(set.ttl, entry, now));
    return sets.filter((set) => dnssecOk || !isProof(set)).map((set) => ({ ...set, ttl: ttlOf(set) }));
  };
}

function isProof({ type }: DnsEncodedSet): boolean {
  return type === DnsType.RRSIG || type === DnsType.NSEC || type === DnsType.NSEC3;
}
