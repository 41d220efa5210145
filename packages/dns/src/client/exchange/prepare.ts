import type { Random } from "@hawser/core";
import type { EdnsInit } from "../../edns/edns.ts";
import type { EdnsOption } from "../../edns/options/table.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import { type DnsMessageInit, dnsHeaderOctets } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { signDnsMessage } from "../../tsig/sign.ts";
import { DnsOpcode } from "../../words.ts";
import { withMixedCase } from "./letter-case.ts";

/** How a question is put this time. */
export interface QuestionForm {
  readonly id: number;
  /** Whether there is an OPT record. */
  readonly edns: boolean;
  /** Options of ours; one that the message brings itself goes first. */
  readonly options: readonly EdnsOption[];
  /** Draws the case of the letters. */
  readonly mixedCase: boolean;
  readonly paddingBlockOctets?: number | undefined;
  readonly tsigKey: TsigKey | undefined;
  /** Seconds since 1970. */
  readonly wallSeconds: number;
}

/** A question as it is sent, and what its answer is recognized by. */
export interface PreparedQuestion {
  readonly form: QuestionForm;
  readonly opcode: number;
  readonly octets: Uint8Array;
  /** One past the last octet of the question section. */
  readonly questionEnd: number;
  /** The name as whoever asks spells it. */
  readonly name: DomainName | undefined;
  /** Whether the spelling of the name tells something. */
  readonly isMixed: boolean;
  /** Of its signature. */
  readonly mac: Uint8Array | undefined;
}

/** @throws {RangeError} for what the wire cannot hold, and more than one question: nobody answers two (RFC 9619 §3) */
export function prepareQuestion(message: DnsMessageInit, form: QuestionForm, random: Random): PreparedQuestion {
  const { questions = [], opcode = DnsOpcode.query } = message;
  if (questions.length > 1) throw new RangeError(`Cannot ask ${questions.length} questions in one message`);
  const asked = questions[0];
  const mixed = asked !== undefined && form.mixedCase ? withMixedCase(asked.name, random) : asked?.name;
  const spelled = asked === undefined ? [] : [{ ...asked, name: mixed! }];
  const init = { ...message, id: form.id, questions: spelled, tsig: undefined };
  const edns = form.edns ? ednsOf(message.edns, form.options) : undefined;
  const plain = encodeDnsMessage(
    { ...init, edns },
    { paddingBlockOctets: form.edns ? form.paddingBlockOctets : undefined },
  );
  const signed =
    form.tsigKey === undefined ? undefined : signDnsMessage(plain, form.tsigKey, { now: form.wallSeconds });
  return {
    form,
    opcode,
    octets: signed?.octets ?? plain,
    questionEnd: dnsHeaderOctets + (asked === undefined ? 0 : asked.name.wire.length + 4),
    name: asked?.name,
    isMixed: form.mixedCase && asked !== undefined,
    mac: signed?.mac,
  };
}

function ednsOf(given: EdnsInit | undefined, ours: readonly EdnsOption[]): EdnsInit {
  const options = given?.options ?? [];
  return { ...given, options: [...options, ...ours.filter(({ type }) => options.every((one) => one.type !== type))] };
}
