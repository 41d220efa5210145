import { ConnectionError, type Reactor } from "@hawser/core";
import type { EdnsExtendedError } from "../../edns/options/extended-error.ts";
import type { EdnsOption } from "../../edns/options/table.ts";
import { DnsProtocolError } from "../../errors.ts";
import type { DnsMessage, DnsQuestion } from "../../message/message.ts";
import { DnsRcode } from "../../words.ts";
import type { DnsExchanger, DnsServerPlace } from "../exchanger.ts";
import { DnsLookupError, type DnsLookupErrorCode } from "./errors.ts";
import type { ServerOrder } from "./server-order.ts";

/** Who is asked, and how patiently. */
export interface AskServersOptions {
  readonly reactor: Reactor;
  readonly exchanger: DnsExchanger;
  readonly order: ServerOrder;
  readonly servers: readonly DnsServerPlace[];
  readonly attemptsMax: number;
  readonly serverTimeoutMs: number;
  readonly trustAd: boolean;
}

/** An answer and who gave it. */
export interface ServerAnswer {
  readonly message: DnsMessage;
  readonly server: DnsServerPlace;
}

/** One server has so long in the first round, when there are others: people wait. */
const firstRoundMsMax = 2_000;

/**
 * Asks servers one after the other until one knows whether there is such a name. Those that were silent are asked again.
 *
 * @param asked gets every server as it is asked
 * @throws {DnsLookupError}; `signal.reason`
 */
export async function askServers(
  question: DnsQuestion,
  options: AskServersOptions,
  asked: DnsServerPlace[],
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const { reactor, order, attemptsMax, serverTimeoutMs } = options;
  let servers = order.order(options.servers, reactor.clock.now());
  const failures: Failure[] = [];
  for (let attempt = 1; attempt <= attemptsMax && servers.length > 0; attempt++) {
    const isHasty = attempt < attemptsMax && options.servers.length > 1;
    const timeoutMs = isHasty ? Math.min(serverTimeoutMs, firstRoundMsMax) : serverTimeoutMs;
    const silent: DnsServerPlace[] = [];
    for (const server of servers) {
      asked.push(server);
      const outcome = await askOne(question, server, options, timeoutMs, signal);
      if ("message" in outcome) return outcome;
      failures.push(outcome);
      if (outcome.code === "timed-out" || outcome.code === "unreachable") silent.push(server);
    }
    servers = silent;
  }
  throw mostTelling(failures, question, asked);
}

interface Failure {
  readonly code: DnsLookupErrorCode;
  readonly rcode?: number | undefined;
  readonly extendedErrors?: readonly EdnsExtendedError[] | undefined;
  readonly cause?: unknown;
}

async function askOne(
  question: DnsQuestion,
  server: DnsServerPlace,
  { reactor, exchanger, order, trustAd }: AskServersOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Failure | ServerAnswer> {
  const begun = reactor.clock.now();
  const query = { recursionDesired: true, authenticData: trustAd, questions: [question] };
  try {
    const message = await exchanger.exchange(query, server, { timeoutMs, signal });
    order.answered(server, reactor.clock.now() - begun);
    const { rcode } = message;
    if (rcode === DnsRcode.noError || rcode === DnsRcode.nxDomain) return { message, server };
    return { code: codeOfRcode(rcode), rcode, extendedErrors: extendedErrorsOf(message.edns?.options) };
  } catch (cause) {
    signal.throwIfAborted();
    order.failed(server, reactor.clock.now());
    if (cause instanceof DnsProtocolError) return { code: "bad-answer", cause };
    if (cause instanceof ConnectionError)
      return { code: cause.code === "timed-out" ? "timed-out" : "unreachable", cause };
    throw cause;
  }
}

/** What an answer says of its reasons (RFC 8914). */
export function extendedErrorsOf(options: readonly EdnsOption[] = []): readonly EdnsExtendedError[] {
  return options.filter((option) => option.type === "extended-error");
}

function codeOfRcode(rcode: number): DnsLookupErrorCode {
  if (rcode === DnsRcode.servFail) return "server-failed";
  return rcode === DnsRcode.refused ? "refused" : "bad-answer";
}

/** Of several failures, the one that says most. */
const telling: readonly DnsLookupErrorCode[] = ["server-failed", "refused", "bad-answer", "timed-out", "unreachable"];

function mostTelling(
  failures: readonly Failure[],
  { name, type }: DnsQuestion,
  servers: readonly DnsServerPlace[],
): DnsLookupError {
  const code = telling.find((candidate) => failures.some((failure) => failure.code === candidate)) ?? "unreachable";
  const failure = failures.find((one) => one.code === code);
  return new DnsLookupError(code, { name, type, servers: [...servers], ...failure });
}
