import type { Edns } from "../../edns/edns.ts";
import type { EdnsCookie } from "../../edns/options/cookie.ts";
import { type EdnsOption, formatOption } from "../../edns/options/table.ts";
import type { DnsMessage } from "../../message/message.ts";
import { DnsOpcode, formatDnsOpcode, formatDnsRcode } from "../../words.ts";
import { digQuestionLine, digRecordText } from "./record-text.ts";
import type { DigSettings } from "./settings.ts";

/** What is shown of a message besides it. */
export interface DigMessageView {
  readonly settings: DigSettings;
  /** What we sent as a cookie, to tell what came back of it. */
  readonly cookie?: Uint8Array | undefined;
}

const sectionNames = ["QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"] as const;
const updateSectionNames = ["ZONE", "PREREQUISITE", "UPDATE", "ADDITIONAL"] as const;

/** A message as `dig` shows it: header, EDNS and the sections that are wanted, with a blank line after each. */
export function digMessageLines(message: DnsMessage, view: DigMessageView): readonly string[] {
  const { settings } = view;
  const names = message.opcode === DnsOpcode.update ? updateSectionNames : sectionNames;
  const records = (wanted: boolean, of: DnsMessage["answers"]) =>
    wanted ? of.map((record) => digRecordText(record, settings)) : [];
  const questions = settings.question ? message.questions.map((one) => digQuestionLine(one, settings)) : [];
  return [
    ...(settings.comments ? headLines(message, names, view) : []),
    ...section(names[0], questions, settings),
    ...section(names[1], records(settings.answer, message.answers), settings),
    ...section(names[2], records(settings.authority, message.authorities), settings),
    ...section(names[3], records(settings.additional, message.additionals), settings),
    ...section("TSIG PSEUDO", records(settings.additional, message.tsig === undefined ? [] : [message.tsig]), settings),
  ];
}

function headLines(message: DnsMessage, names: readonly string[], view: DigMessageView): readonly string[] {
  const { opcode, rcode, id, edns, tsig } = message;
  const last = message.additionals.length + (edns === undefined ? 0 : 1) + (tsig === undefined ? 0 : 1);
  const counts = [message.questions.length, message.answers.length, message.authorities.length, last];
  const countTexts = names.map((name, at) => `${countName(name)}: ${counts[at]}`);
  const isRefused = message.response && message.recursionDesired && !message.recursionAvailable;
  return [
    `;; ->>HEADER<<- opcode: ${formatDnsOpcode(opcode)}, status: ${formatDnsRcode(rcode)}, id: ${id}`,
    `;; flags:${digFlagWords(message)}; ${countTexts.join(", ")}`,
    ...(isRefused ? [";; WARNING: recursion requested but not available"] : []),
    "",
    ...(edns === undefined ? [] : ednsLines(edns, view)),
  ];
}

/** The set flags, a blank before each. */
export function digFlagWords(message: DnsMessage): string {
  const words: readonly (readonly [boolean, string])[] = [
    [message.response, "qr"],
    [message.authoritative, "aa"],
    [message.truncated, "tc"],
    [message.recursionDesired, "rd"],
    [message.recursionAvailable, "ra"],
    [message.authenticData, "ad"],
    [message.checkingDisabled, "cd"],
  ];
  return words.map(([isSet, word]) => (isSet ? ` ${word}` : "")).join("");
}

function countName(section: string): string {
  return section === "QUESTION" ? "QUERY" : section === "PREREQUISITE" ? "PREREQ" : section;
}

function ednsLines(edns: Edns, view: DigMessageView): readonly string[] {
  const { version, dnssecOk, compactOk, udpPayloadOctets, options } = edns;
  return [
    ";; OPT PSEUDOSECTION:",
    `; EDNS: version: ${version}, flags:${dnssecOk ? " do" : ""}${compactOk ? " co" : ""}; udp: ${udpPayloadOctets}`,
    ...options.map((option) => `; ${digOptionText(option, view.cookie)}`),
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
