import type { DnsEncodedSet } from "../message/answer.ts";
import type { DnsMessage } from "../message/message.ts";
import type { SoaData } from "../records/soa.ts";
import { DnsType } from "../records/types.ts";
import { DnsRcode, formatDnsRcode } from "../words.ts";
import { type AliasLink, readAliases } from "./read-aliases.ts";
import { readReferral, type ZoneReferral } from "./read-referral.ts";
import type { ReplyContext } from "./reply-context.ts";
import { denialTypes, Section, type SentSet } from "./section.ts";

/** What a reply says, and nothing that it should not say. */
export type ReplyReading =
  | {
      readonly type: "answer";
      readonly links: readonly AliasLink[];
      readonly found: SentSet;
      readonly proofs: readonly DnsEncodedSet[];
      readonly isAuthoritative: boolean;
    }
  /** The name is another's alias, and that other is to be asked for. */
  | { readonly type: "alias"; readonly links: readonly AliasLink[]; readonly isAuthoritative: boolean }
  | {
      readonly type: "negative";
      readonly rcode: number;
      /** Seconds that it may be kept; 0 without an SOA (RFC 2308 §5). */
      readonly ttl: number;
      readonly authorities: readonly DnsEncodedSet[];
      readonly isAuthoritative: boolean;
    }
  | { readonly type: "referral"; readonly referral: ZoneReferral }
  | ReplyRefusal;

/** The server gave nothing that can be used. */
export interface ReplyRefusal {
  readonly type: "refusal";
  /**
   * `lame`: it does not serve the zone; `failing`: it tried, and could not; `no-edns`: it does not know EDNS, or says so;
   * `broken`: what it says makes no sense.
   */
  readonly why: "broken" | "failing" | "lame" | "no-edns";
  /** For people. */
  readonly text: string;
}

/** Reads the reply of a server: what belongs to the question and to its zone (RFC 1034 §5.3.3, RFC 2181 §5.4.1). */
export function readReply(message: DnsMessage, context: ReplyContext): ReplyReading {
  const refusal = refusalOf(message, context);
  if (refusal !== undefined) return refusal;
  const answers = new Section(message.answers, context.zone);
  const authorities = new Section(message.authorities, context.zone);
  const { links, target } = readAliases(answers, context);
  const isAuthoritative = message.authoritative;
  const found = target.isWithin(context.zone) ? answers.set(target, context.type) : undefined;
  if (found !== undefined)
    return { type: "answer", links, found, proofs: authorities.setsOf(denialTypes), isAuthoritative };
  if (links.length > 0) return { type: "alias", links, isAuthoritative };
  return readNothing(message, authorities, context);
}

function refusalOf(message: DnsMessage, { name, isForwarder }: ReplyContext): ReplyRefusal | undefined {
  const { rcode, edns } = message;
  const isAnswer = rcode === DnsRcode.noError || rcode === DnsRcode.nxDomain || rcode === DnsRcode.yxDomain;
  const text = formatDnsRcode(rcode);
  if ((rcode === DnsRcode.formErr || rcode === DnsRcode.notImp) && edns === undefined)
    return { type: "refusal", why: "no-edns", text };
  if (rcode === DnsRcode.badVers) return { type: "refusal", why: "no-edns", text };
  if (rcode === DnsRcode.refused || rcode === DnsRcode.notAuth) return { type: "refusal", why: "lame", text };
  if (!isAnswer) return { type: "refusal", why: "failing", text };
  if (message.truncated) return { type: "refusal", why: "broken", text: "its answer is cut off" };
  if (message.questions.some((question) => !question.name.equals(name)) || message.questions.length !== 1)
    return { type: "refusal", why: "broken", text: "it answers another question" };
  if (!message.authoritative && message.recursionAvailable && message.answers.length > 0 && !isForwarder)
    return { type: "refusal", why: "lame", text: "it resolves the name instead of serving the zone" };
  return undefined;
}

/** No answer: a referral, or that there is none, or that the server is the wrong one. */
function readNothing(message: DnsMessage, authorities: Section, context: ReplyContext): ReplyReading {
  const soa = authorities.setAbove(context.name, DnsType.SOA);
  const referral = soa === undefined ? readReferral(message, authorities, context) : undefined;
  if (referral !== undefined && message.rcode === DnsRcode.noError) return { type: "referral", referral };
  if (!message.authoritative && !context.isForwarder && soa === undefined)
    return { type: "refusal", why: "lame", text: "it does not serve the zone" };
  const proofs = authorities.setsOf(denialTypes);
  return {
    type: "negative",
    rcode: message.rcode,
    ttl: soa === undefined ? 0 : negativeTtl(soa),
    authorities: soa === undefined ? proofs : [...setsOf(soa), ...proofs],
    isAuthoritative: message.authoritative,
  };
}

/** The lesser of the SOA's TTL and of what it says about that (RFC 2308 §5). */
function negativeTtl({ set, records }: SentSet): number {
  return Math.min(set.ttl, (records[0]!.data as SoaData).minimumSeconds);
}

function setsOf({ set, signatures }: SentSet): readonly DnsEncodedSet[] {
  return signatures === undefined ? [set] : [set, signatures];
}
