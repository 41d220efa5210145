import type { EdnsCookie } from "../../edns/options/cookie.ts";
import { DnsProtocolError } from "../../errors.ts";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DnsMessage } from "../../message/message.ts";
import { verifyDnsMessage } from "../../tsig/verify.ts";
import { DnsRcode } from "../../words.ts";
import { respellQuestion } from "./match.ts";
import type { PreparedQuestion } from "./prepare.ts";

/**
 * Reads a message that matches a question.
 *
 * @throws {DnsProtocolError} `bad-tsig` when it is not signed as it must be; whatever else is wrong with it
 */
export function readAnswer(octets: Uint8Array, question: PreparedQuestion, wallSeconds: number): DnsMessage {
  const { tsigKey } = question.form;
  if (tsigKey === undefined) return decodeDnsMessage(respellQuestion(octets, question));
  const find = (name: typeof tsigKey.name) => (name.equals(tsigKey.name) ? tsigKey : undefined);
  const verdict = verifyDnsMessage(octets, { key: find, now: wallSeconds, priorMac: question.mac });
  if (verdict.type === "good") return decodeDnsMessage(octets);
  const told = verdict.type === "bad" ? verdict.data.error : 0;
  throw badSignature(
    verdict.type === "unsigned" ? "there is no signature" : tsigFault(told === 0 ? verdict.error : told, told !== 0),
  );
}

/** Whether a server refuses the OPT record, and not the question (RFC 6891 §7). */
export function refusesEdns({ rcode, edns }: DnsMessage): boolean {
  return edns === undefined && (rcode === DnsRcode.formErr || rcode === DnsRcode.notImp);
}

/** The cookie of an answer, if there is one. */
export function cookieOf({ edns }: DnsMessage): EdnsCookie | undefined {
  return edns?.options.find((option) => option.type === "cookie");
}

/** Names of TSIG's own errors (RFC 8945 §3). */
const tsigErrors: Readonly<Record<number, string>> = {
  [DnsRcode.badSig]: "BADSIG",
  [DnsRcode.badKey]: "BADKEY",
  [DnsRcode.badTime]: "BADTIME",
  [DnsRcode.badTrunc]: "BADTRUNC",
};

function tsigFault(error: number, isTold: boolean): string {
  const name = tsigErrors[error] ?? `error ${error}`;
  return isTold ? `the server says ${name}` : name;
}

function badSignature(reason: string): DnsProtocolError {
  return new DnsProtocolError("bad-tsig", reason, "RFC 8945 §5.4");
}
