import type { Edns } from "../../../edns/edns.ts";
import type { DnsMessage } from "../../../message/message.ts";
import type { DnsRecord } from "../../../records/record.ts";
import { formatDnsClass, formatDnsOpcode, formatDnsRcode } from "../../../words.ts";
import type { DigAnswer } from "../answer.ts";
import { digFlagWords, digOptionText } from "../message-text.ts";
import { digDataText } from "../record-text.ts";
import type { DigSettings } from "../settings.ts";

/** An answer as an item of a YAML list, with the members that `dig +yaml` gives it. */
export function digYaml(answer: DigAnswer, settings: DigSettings): readonly string[] {
  const { message, octets, server, transport, cameAt, elapsedMs } = answer;
  const type = message?.authoritative
    ? "AUTH_RESPONSE"
    : message?.recursionAvailable
      ? "RECURSIVE_RESPONSE"
      : "RESPONSE";
  return [
    "- type: MESSAGE",
    "  message:",
    `    type: ${type}`,
    `    query_time: !!timestamp ${new Date(cameAt - elapsedMs).toISOString()}`,
    `    response_time: !!timestamp ${new Date(cameAt).toISOString()}`,
    `    message_size: ${octets.length}b`,
    `    socket_family: ${server.host.includes(":") ? "INET6" : "INET"}`,
    `    socket_protocol: ${transport.toUpperCase()}`,
    `    response_address: ${JSON.stringify(server.host)}`,
    `    response_port: ${server.port}`,
    `    query_address: ${JSON.stringify(server.host.includes(":") ? "::" : "0.0.0.0")}`,
    "    query_port: 0",
    ...(message === undefined ? [`    fault: ${quoted(answer.fault ?? "")}`] : data(message, answer, settings)),
  ];
}

function data(message: DnsMessage, { question }: DigAnswer, settings: DigSettings): readonly string[] {
  const { edns, tsig } = message;
  const last = message.additionals.length + (edns === undefined ? 0 : 1) + (tsig === undefined ? 0 : 1);
  const questions = message.questions.map((one) => `${one.name} ${formatDnsClass(one.class)} ${one.type}`);
  const records = (of: readonly DnsRecord[]) => of.map((record) => recordText(record, settings));
  return [
    "    response_message_data:",
    `      opcode: ${formatDnsOpcode(message.opcode)}`,
    `      status: ${formatDnsRcode(message.rcode)}`,
    `      id: ${message.id}`,
    `      flags:${digFlagWords(message)}`,
    `      QUESTION: ${message.questions.length}`,
    `      ANSWER: ${message.answers.length}`,
    `      AUTHORITY: ${message.authorities.length}`,
    `      ADDITIONAL: ${last}`,
    ...(edns === undefined ? [] : ednsLines(edns, question.cookie)),
    ...list("QUESTION_SECTION", questions),
    ...list("ANSWER_SECTION", records(message.answers)),
    ...list("AUTHORITY_SECTION", records(message.authorities)),
    ...list("ADDITIONAL_SECTION", records(message.additionals)),
  ];
}

function ednsLines({ version, dnssecOk, compactOk, udpPayloadOctets, options }: Edns, sent: Uint8Array | undefined) {
  return [
    "      OPT_PSEUDOSECTION:",
    "        EDNS:",
    `          version: ${version}`,
    `          flags:${dnssecOk ? " do" : ""}${compactOk ? " co" : ""}`,
    `          udp: ${udpPayloadOctets}`,
    ...options.map((option) => `          ${optionLine(digOptionText(option, sent))}`),
  ];
}

/** What follows the option's name is quoted where it holds what means something to YAML. */
function optionLine(text: string): string {
  const at = text.indexOf(": ");
  if (at < 0) return `${text.replace(/:$/, "")}:`;
  const value = text.slice(at + 2);
  return `${text.slice(0, at)}: ${/^["'{}[\]&*!|>%@`-]|: | #/.test(value) ? quoted(value) : value}`;
}

function recordText(record: DnsRecord, settings: DigSettings): string {
  const words = [String(record.name), String(record.ttl), formatDnsClass(record.class), record.type];
  return [...words, digDataText(record, { ...settings, multiline: false })].join(" ");
}

function list(name: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`      ${name}:`, ...items.map((item) => `        - ${quoted(item)}`)];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
