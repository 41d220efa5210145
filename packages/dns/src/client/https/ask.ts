import { DnsProtocolError } from "../../errors.ts";
import type { DnsMessage, DnsMessageInit } from "../../message/message.ts";
import { matchAnswer } from "../exchange/match.ts";
import { prepareQuestion } from "../exchange/prepare.ts";
import { readAnswer } from "../exchange/read-answer.ts";
import { paddingBlockOctets, type StreamQuestionOptions } from "../exchange/streams.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import type { DnsHttpsMethod, HttpsPool } from "./pool.ts";

/**
 * Puts a question over HTTPS. Its id is 0, so that caches of HTTP see that two are the same (RFC 8484 §4.1).
 * @throws {ConnectionError}, {DnsProtocolError}; `signal.reason`
 */
export async function askByHttps(
  pool: HttpsPool,
  place: DnsServerPlace,
  message: DnsMessageInit,
  options: StreamQuestionOptions & { readonly method: DnsHttpsMethod },
  signal: AbortSignal,
): Promise<DnsMessage> {
  const { reactor, edns = true, tsigKey, method } = options;
  const wallSeconds = reactor.clock.wall() / 1_000;
  const form = { id: 0, edns, options: [], mixedCase: false, paddingBlockOctets, tsigKey, wallSeconds };
  const question = prepareQuestion(message, form, reactor.random);
  const octets = await pool.ask(place, question.octets, method, signal);
  const match = matchAnswer(octets, question);
  if (match !== "same" && match !== "respelled" && match !== "bare")
    throw new DnsProtocolError("truncated", "it is no answer to the question", "RFC 8484 §4.2");
  return readAnswer(octets, question, reactor.clock.wall() / 1_000);
}
