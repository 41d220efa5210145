import type { EdnsCookie } from "../../edns/options/cookie.ts";
import { type EdnsOption, formatOption } from "../../edns/options/table.ts";
import type { DnsMessage } from "../../message/message.ts";
import { dnsEdnsLines, dnsHeadLines, dnsSectionNames } from "../../message/text.ts";
import { digQuestionLine, digRecordText } from "./record-text.ts";
import type { DigSettings } from "./settings.ts";

/** What is shown of a message besides it. */
export interface DigMessageView {
  readonly settings: DigSettings;
  /** What we sent as a cookie, to tell what came back of it. */
  readonly cookie?: Uint8Array | undefined;
}

/** A message as `dig` shows it: header, EDNS and the sections that are wanted, with a blank line after each. */
export function digMessageLines(message: DnsMessage, view: DigMessageView): readonly string[] {
  const { settings } = view;
  const names = dnsSectionNames(message);
  const records = (wanted: boolean, of: DnsMessage["answers"]) =>
    wanted ? of.map((record) => digRecordText(record, settings)) : [];
  const questions = settings.question ? message.questions.map((one) => digQuestionLine(one, settings)) : [];
  return [
    ...(settings.comments ? headLines(message, view) : []),
    ...section(names[0], questions, settings),
    ...section(names[1], records(settings.answer, message.answers), settings),
    ...section(names[2], records(settings.authority, message.authorities), settings),
    ...section(names[3], records(settings.additional, message.additionals), settings),
    ...section("TSIG PSEUDO", records(settings.additional, message.tsig === undefined ? [] : [message.tsig]), settings),
  ];
}

function headLines(message: DnsMessage, { cookie }: DigMessageView): readonly string[] {
  const { edns } = message;
  const isRefused = message.response && message.recursionDesired && !message.recursionAvailable;
  return [
    ...dnsHeadLines(message),
    ...(isRefused ? [";; WARNING: recursion requested but not available"] : []),
    "",
    ...(edns === undefined ? [] : dnsEdnsLines(edns, (option) => digOptionText(option, cookie))),
  ];
}

/** An option of EDNS; behind a cookie stands whether it is ours. */
export function digOptionText(option: EdnsOption, sent: Uint8Array | undefined): string {
  const text = formatOption(option);
  return option.type === "cookie" && sent !== undefined ? `${text} (${cookieVerdict(option, sent)})` : text;
}

function cookieVerdict({ client, server }: EdnsCookie, sent: Uint8Array): string {
  if (!Buffer.from(client).equals(sent.subarray(0, 8))) return "bad";
  return server === undefined ? "echoed" : "good";
}

function section(name: string, lines: readonly string[], { comments }: DigSettings): readonly string[] {
  if (lines.length === 0) return [];
  return comments ? [`;; ${name}${name.endsWith("PSEUDO") ? "" : " "}SECTION:`, ...lines, ""] : lines;
}
