import { DnsFlag } from "../../message/flags.ts";
import { dnsHeaderOctets } from "../../message/message.ts";
import { lowerOctet } from "../../name/octets.ts";
import { DnsOpcode, DnsRcode } from "../../words.ts";
import type { PreparedQuestion } from "./prepare.ts";

/**
 * Whether octets answer a question (RFC 5452 §9.1): `same` repeats it letter for letter; `respelled` has letters of the other
 * case; `bare` is an error without any question, as some servers say it. Everything else is not for us.
 */
export type AnswerMatch = "bare" | "no-response" | "other-id" | "other-question" | "respelled" | "same";

/** Looks at header and question only, so that what is not for us costs nothing. */
export function matchAnswer(octets: Uint8Array, question: PreparedQuestion): AnswerMatch {
  if (octets.length < dnsHeaderOctets || (octets[2]! & (DnsFlag.qr >> 8)) === 0) return "no-response";
  if (((octets[0]! << 8) | octets[1]!) !== question.form.id) return "other-id";
  if (((octets[2]! >> 3) & 15) !== question.opcode) return "other-question";
  const count = (octets[4]! << 8) | octets[5]!;
  if (count !== (question.name === undefined ? 0 : 1))
    return count === 0 && mayBeBare(octets, question) ? "bare" : "other-question";
  return compareQuestions(octets, question);
}

/** Answers to updates need not repeat the zone (RFC 2136 §3.8); others only when something is wrong. */
function mayBeBare(octets: Uint8Array, { opcode }: PreparedQuestion): boolean {
  const rcode = octets[3]! & 15;
  return opcode === DnsOpcode.update || (rcode !== DnsRcode.noError && rcode !== DnsRcode.nxDomain);
}

function compareQuestions(octets: Uint8Array, { octets: sent, questionEnd }: PreparedQuestion): AnswerMatch {
  if (octets.length < questionEnd) return "other-question";
  let isSame = true;
  for (let at = dnsHeaderOctets; at < questionEnd; at++) {
    if (octets[at] === sent[at]) continue;
    const isName = at < questionEnd - 4;
    if (!isName || lowerOctet(octets[at]!) !== lowerOctet(sent[at]!)) return "other-question";
    isSame = false;
  }
  return isSame ? "same" : "respelled";
}

/**
 * Puts the name back as it was asked for. The names of an answer mostly point to it, and so are spelled as it is. What came
 * stays as it is, since others may hold it too.
 */
export function respellQuestion(octets: Uint8Array, { name, isMixed }: PreparedQuestion): Uint8Array {
  const isBare = octets[4] === 0 && octets[5] === 0;
  if (name === undefined || !isMixed || isBare) return octets;
  const copy = Uint8Array.from(octets);
  for (let i = 0; i < name.wire.length; i++) copy[dnsHeaderOctets + i] = name.wire.charCodeAt(i);
  return copy;
}
