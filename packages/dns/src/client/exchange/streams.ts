import { ConnectionError, type Reactor } from "@hawser/core";
import type { EdnsOption } from "../../edns/options/table.ts";
import type { DnsMessage, DnsMessageInit } from "../../message/message.ts";
import type { DnsExchangeOptions, DnsServerPlace } from "../exchanger.ts";
import { matchAnswer } from "./match.ts";
import { type PreparedQuestion, prepareQuestion } from "./prepare.ts";
import { cookieOf, readAnswer, refusesEdns } from "./read-answer.ts";
import type { RememberedServer } from "./server-memory.ts";
import type { DnsStream } from "./stream.ts";
import type { StreamPool } from "./stream-pool.ts";

/** What a question is put with. */
export interface StreamQuestionOptions extends Pick<DnsExchangeOptions, "edns" | "tsigKey"> {
  readonly reactor: Reactor;
  readonly server: RememberedServer;
  readonly cookies: boolean;
  /** Draws the case of letters, to learn whether the server keeps it. */
  readonly mixedCase: boolean;
}

/** Octets that questions are padded to, where nobody shall tell them by their length (RFC 8467 §4.1). */
export const paddingBlockOctets = 128;

/** Connections that a question is put on, when each ends under it (RFC 7766 §6.2.4). */
const connectionsTried = 3;

/**
 * Puts a question over a connection, a new one or one that is open.
 * @throws {ConnectionError}, {DnsProtocolError}; `signal.reason`
 */
export async function askByStream(
  pool: StreamPool,
  place: DnsServerPlace,
  message: DnsMessageInit,
  options: StreamQuestionOptions,
  signal: AbortSignal,
): Promise<DnsMessage> {
  const { server, reactor, edns = true } = options;
  const withEdns = edns && server.knowsEdns(reactor.clock.now());
  const answer = await askOnce(pool, place, message, withEdns, options, signal);
  if (!withEdns || !refusesEdns(answer)) return answer;
  const plain = await askOnce(pool, place, message, false, options, signal);
  if (!refusesEdns(plain)) server.learnPlain(reactor.clock.now());
  return plain;
}

async function askOnce(
  pool: StreamPool,
  place: DnsServerPlace,
  message: DnsMessageInit,
  edns: boolean,
  options: StreamQuestionOptions,
  signal: AbortSignal,
): Promise<DnsMessage> {
  for (let tries = 1; ; tries++) {
    const stream = await pool.open(place, signal);
    const { hasAnswered } = stream;
    const question = prepare(stream, place, message, edns, options);
    try {
      const octets = await stream.ask(question, signal);
      return takeAnswer(octets, question, stream, options);
    } catch (error) {
      signal.throwIfAborted();
      const mayBeStale = error instanceof ConnectionError && hasAnswered;
      if (!mayBeStale || tries === connectionsTried) throw error;
    }
  }
}

function prepare(
  stream: DnsStream,
  { transport }: DnsServerPlace,
  message: DnsMessageInit,
  edns: boolean,
  { reactor, server, cookies, mixedCase, tsigKey }: StreamQuestionOptions,
): PreparedQuestion {
  const { clock, random } = reactor;
  const isPrivate = transport !== "tcp";
  const options: EdnsOption[] = [{ type: "tcp-keepalive", idleTimeoutMs: undefined }];
  if (cookies && !isPrivate) options.push({ type: "cookie", ...server.cookie(clock.now()) });
  let id = random.integer(0, 0x10000);
  while (stream.hasId(id)) id = (id + 1) & 0xffff;
  const form = {
    id,
    edns,
    options,
    mixedCase: mixedCase && tsigKey === undefined,
    paddingBlockOctets: isPrivate ? paddingBlockOctets : undefined,
    tsigKey,
    wallSeconds: clock.wall() / 1_000,
  };
  return prepareQuestion(message, form, random);
}

function takeAnswer(
  octets: Uint8Array,
  question: PreparedQuestion,
  stream: DnsStream,
  { reactor, server }: StreamQuestionOptions,
): DnsMessage {
  const { clock } = reactor;
  const answer = readAnswer(octets, question, clock.wall() / 1_000);
  if (question.isMixed && matchAnswer(octets, question) === "respelled") server.learnFolding(clock.now());
  const keepalive = answer.edns?.options.find((option) => option.type === "tcp-keepalive");
  if (keepalive?.type === "tcp-keepalive" && keepalive.idleTimeoutMs !== undefined)
    stream.keepFor(keepalive.idleTimeoutMs);
  const sent = question.form.options.find((option) => option.type === "cookie");
  if (sent?.type === "cookie" && question.form.edns) server.gave(cookieOf(answer)?.server, sent.client);
  return answer;
}
