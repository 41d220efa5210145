import type { Edns } from "../edns/edns.ts";
import { type EdnsOption, formatOption } from "../edns/options/table.ts";
import type { DnsRecord } from "../records/record.ts";
import { rowOfName } from "../records/table.ts";
import { DnsOpcode, formatDnsClass, formatDnsOpcode, formatDnsRcode } from "../words.ts";
import type { DnsMessage, DnsQuestion } from "./message.ts";

/** Names of the sections; in updates they mean something else (RFC 2136 §2). */
const sectionNames = ["QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"] as const;
const updateSectionNames = ["ZONE", "PREREQUISITE", "UPDATE", "ADDITIONAL"] as const;

/** Writes a message for people, as `dig` prints it: header, EDNS, and each section that has something in it. */
export function formatDnsMessage(message: DnsMessage): string {
  const names = dnsSectionNames(message);
  const blocks = [
    dnsHeadLines(message).join("\n"),
    message.edns === undefined ? "" : dnsEdnsLines(message.edns).join("\n"),
    block(names[0], message.questions.map(questionLine)),
    block(names[1], recordLines(message.answers)),
    block(names[2], recordLines(message.authorities)),
    block(names[3], recordLines(message.additionals)),
    message.tsig === undefined ? "" : block("TSIG PSEUDO", recordLines([message.tsig])),
  ];
  return `${blocks.filter((text) => text !== "").join("\n\n")}\n`;
}

/** What the sections of a message are called, in their order. */
export function dnsSectionNames({ opcode }: DnsMessage): readonly [string, string, string, string] {
  return opcode === DnsOpcode.update ? updateSectionNames : sectionNames;
}

/** The two lines that stand above a message: opcode, status and id; flags, and how many records each section has. */
export function dnsHeadLines(message: DnsMessage): readonly [string, string] {
  const { opcode, rcode, id, questions, answers, authorities, additionals, edns, tsig } = message;
  const last = additionals.length + (edns === undefined ? 0 : 1) + (tsig === undefined ? 0 : 1);
  const counts = [questions.length, answers.length, authorities.length, last];
  const countTexts = dnsSectionNames(message).map((name, at) => `${countName(name)}: ${counts[at]}`);
  return [
    `;; ->>HEADER<<- opcode: ${formatDnsOpcode(opcode)}, status: ${formatDnsRcode(rcode)}, id: ${id}`,
    `;; flags:${dnsFlagWords(message)}; ${countTexts.join(", ")}`,
  ];
}

/** `dig` counts the questions as QUERY. */
function countName(section: string): string {
  return section === "QUESTION" ? "QUERY" : section === "PREREQUISITE" ? "PREREQ" : section;
}

/** The set flags, a blank before each. */
export function dnsFlagWords(message: DnsMessage): string {
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

/** What stands above the sections of EDNS; an option is told as `tell` does. */
export function dnsEdnsLines(edns: Edns, tell: (option: EdnsOption) => string = formatOption): readonly string[] {
  const { version, dnssecOk, compactOk, udpPayloadOctets, options } = edns;
  const flags = `${dnssecOk ? " do" : ""}${compactOk ? " co" : ""}`;
  return [
    ";; OPT PSEUDOSECTION:",
    `; EDNS: version: ${version}, flags:${flags}; udp: ${udpPayloadOctets}`,
    ...options.map((option) => `; ${tell(option)}`),
  ];
}

function block(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`;; ${name} SECTION:`, ...lines].join("\n");
}

function questionLine({ name, class: questionClass, type }: DnsQuestion): string {
  return columns([`;${name}`, "", formatDnsClass(questionClass), type], [24, 8, 8]);
}

function recordLines(records: readonly DnsRecord[]): readonly string[] {
  return records.map(({ name, ttl, class: recordClass, type, data }) => {
    const text = rowOfName(type).field.format(data);
    return columns([String(name), String(ttl), formatDnsClass(recordClass), type, text], [24, 8, 8, 8]).trimEnd();
  });
}

/** Puts words below each other with tabs, as far as they leave room; there is always one. */
function columns(words: readonly string[], widths: readonly number[]): string {
  return words
    .map((word, i) => {
      const width = widths[i];
      if (width === undefined) return word;
      return word + "\t".repeat(Math.max(1, Math.ceil((width - word.length) / 8)));
    })
    .join("");
}
