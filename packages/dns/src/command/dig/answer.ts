import { DnsProtocolError } from "../../errors.ts";
import { decodeDnsMessage } from "../../message/decode.ts";
import type { DnsMessage } from "../../message/message.ts";
import type { DnsTransport } from "../../serving/request.ts";
import { type TsigKey, tsigErrorText } from "../../tsig/key.ts";
import { verifyDnsMessage } from "../../tsig/verify.ts";
import type { DigServer } from "./carrier.ts";
import type { DigQuestion } from "./question.ts";

/** What came back, read as far as it can be. */
export interface DigAnswer {
  readonly octets: Uint8Array;
  /** Absent for what is no message. */
  readonly message: DnsMessage | undefined;
  /** Why it is none. */
  readonly fault: string | undefined;
  /** What is wrong with its signature; `undefined` when that is good, or nobody asked for one. */
  readonly badSignature: string | undefined;
  readonly question: DigQuestion;
  readonly server: DigServer;
  readonly transport: DnsTransport;
  /** Milliseconds since 1970, when it came. */
  readonly cameAt: number;
  readonly elapsedMs: number;
}

/** How an answer came. */
export type DigArrival = Pick<DigAnswer, "cameAt" | "elapsedMs" | "octets" | "question" | "server" | "transport">;

/** Reads an answer, and judges its signature. */
export function digAnswer(arrival: DigArrival, key: TsigKey | undefined): DigAnswer {
  try {
    const message = decodeDnsMessage(arrival.octets);
    return { ...arrival, message, fault: undefined, badSignature: key && signatureFault(arrival, key) };
  } catch (error) {
    if (!(error instanceof DnsProtocolError)) throw error;
    return { ...arrival, message: undefined, fault: error.message, badSignature: undefined };
  }
}

function signatureFault({ octets, question, cameAt }: DigArrival, key: TsigKey): string | undefined {
  const verdict = verifyDnsMessage(octets, {
    key: (name) => (name.equals(key.name) ? key : undefined),
    now: cameAt / 1_000,
    priorMac: question.mac,
  });
  if (verdict.type === "unsigned") return "expected a TSIG or SIG(0)";
  if (verdict.type === "bad" && verdict.data.error !== 0) return "tsig indicates error";
  return verdict.type === "bad" ? `tsig verify failure (${tsigErrorText(verdict.error)})` : undefined;
}
