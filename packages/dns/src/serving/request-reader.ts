import type { EdnsCookie } from "../edns/options/cookie.ts";
import { DnsProtocolError } from "../errors.ts";
import { decodeDnsMessage, readQuestion } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import { DnsFlag } from "../message/flags.ts";
import { type DnsQuestion, dnsHeaderOctets } from "../message/message.ts";
import { type DnsQuery, decodeDnsQuery } from "../message/query.ts";
import { DnsReader } from "../wire/reader.ts";
import { DnsOpcode, DnsRcode } from "../words.ts";
import type { JudgedCookie } from "./cookie-jar.ts";

/**
 * Reads a request, all of it: of one that is not plain the whole message too, with its EDNS. `undefined` for what has a fault
 * anywhere, or not exactly one question (RFC 9619 §4).
 */
export function readRequest(octets: Uint8Array): DnsQuery | undefined {
  try {
    const query = decodeDnsQuery(octets);
    return query.isPlain ? query : wholeQuery(query);
  } catch (error) {
    if (error instanceof DnsProtocolError) return undefined;
    throw error;
  }
}

function wholeQuery(query: DnsQuery): DnsQuery | undefined {
  const message = query.message();
  if (message.questions.length !== 1) return undefined;
  return { ...query, edns: message.edns, message: () => message };
}

/** The opcode of what has a header. */
export function opcodeOf(octets: Uint8Array): number {
  return (octets[2]! >> 3) & 15;
}

/** An answer to what may not be read: id, opcode and RD as they came, and the question where it can be made out. */
export function faultAnswer(octets: Uint8Array, rcode: number): Uint8Array {
  const question = readableQuestion(octets);
  return encodeDnsMessage({
    id: (octets[0]! << 8) | octets[1]!,
    response: true,
    opcode: opcodeOf(octets),
    recursionDesired: (octets[2]! & (DnsFlag.rd >> 8)) !== 0,
    rcode,
    questions: question === undefined ? [] : [question],
  });
}

/** The cookie of a question that asks for nothing else (RFC 7873 §5.4). */
export function cookieQuestion(octets: Uint8Array): EdnsCookie | undefined {
  if (octets[4] !== 0 || octets[5] !== 0 || opcodeOf(octets) !== DnsOpcode.query) return undefined;
  const message = readable(() => decodeDnsMessage(octets));
  if (message === undefined || message.answers.length + message.authorities.length > 0) return undefined;
  return message.edns?.options.find((option) => option.type === "cookie");
}

/** A fresh cookie, and whether the old one was good (RFC 7873 §5.4). */
export function cookieAnswer(octets: Uint8Array, asked: EdnsCookie, { isGood, answer }: JudgedCookie): Uint8Array {
  const id = (octets[0]! << 8) | octets[1]!;
  const rcode = isGood || asked.server === undefined ? DnsRcode.noError : DnsRcode.badCookie;
  return encodeDnsMessage({ id, response: true, rcode, edns: { options: [answer] } });
}

function readableQuestion(octets: Uint8Array): DnsQuestion | undefined {
  if (octets[4] !== 0 || octets[5] !== 1) return undefined;
  return readable(() => readQuestion(new DnsReader(octets, dnsHeaderOctets)));
}

/** What `read` reads, unless it is malformed. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DnsProtocolError) return undefined;
    throw error;
  }
}
