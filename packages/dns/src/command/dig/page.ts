import { quote } from "@hawser/core";
import type { DnsMessage } from "../../message/message.ts";
import type { DnsRecord } from "../../records/record.ts";
import type { DigAnswer } from "./answer.ts";
import { digDateText, digHexDump, digServerText } from "./footnotes.ts";
import { digMessageLines } from "./message-text.ts";
import type { DigQuestion } from "./question.ts";
import { digDataText, digRecordText } from "./record-text.ts";
import type { DigSettings } from "./settings.ts";
import { digJson } from "./structured/json.ts";
import { digYaml } from "./structured/yaml.ts";
import type { DigPlan } from "./words.ts";

/** What a transfer came to. */
export interface DigTransferSum {
  readonly records: number;
  readonly messages: number;
  readonly octets: number;
}

/** What is printed, in the order in which `dig` prints it. */
export class DigPage {
  readonly #plan: Pick<DigPlan, "globals" | "words">;
  readonly #print: (line: string) => void;
  #hasBanner = false;

  constructor(plan: Pick<DigPlan, "globals" | "words">, print: (line: string) => void) {
    this.#plan = plan;
    this.#print = print;
  }

  /** What happens on the way: it is said at once. */
  remark(text: string, settings: DigSettings): void {
    if (settings.comments || settings.trace) this.#say(`;; ${text}`);
  }

  /** What goes wrong: it is said in any case. */
  fault(text: string): void {
    this.#print(`;; ${text}`);
  }

  /** The question, with `+qr`. */
  sending({ octets }: DigQuestion, settings: DigSettings, sent: DnsMessage): void {
    if (!settings.showQuery || this.#plan.globals.format !== "text") return;
    this.banner(settings);
    if (settings.comments) this.#print(";; Sending:");
    for (const line of digMessageLines(sent, { settings })) this.#print(line);
    if (settings.comments) this.#lines([`;; QUERY SIZE: ${octets.length}`, ""]);
  }

  answer(answer: DigAnswer, settings: DigSettings): void {
    const { format, short } = this.#plan.globals;
    if (format === "json") return this.#print(digJson(answer));
    if (format === "yaml") return this.#lines(digYaml(answer, settings));
    this.banner(settings);
    if (answer.message === undefined) this.#badPacket(answer);
    else if (short) this.#short(answer, answer.message, settings);
    else {
      if (settings.comments) this.#print(";; Got answer:");
      this.#lines(digMessageLines(answer.message, { settings, cookie: answer.question.cookie }));
    }
    if (settings.stats) this.#lines([...this.#statistics(answer), `;; MSG SIZE  rcvd: ${answer.octets.length}`]);
    if (settings.stats && answer.badSignature !== undefined)
      this.#print(";; WARNING -- Some TSIG could not be validated");
    if (settings.stats) this.#print("");
    else if (settings.identify && !short) this.received(answer);
  }

  /** One line of statistics, with which `+trace` ends each step. */
  received({ octets, server, elapsedMs }: Pick<DigAnswer, "elapsedMs" | "octets" | "server">): void {
    const took = this.#took(elapsedMs, "ms", "us");
    this.#lines([`;; Received ${octets.length} bytes from ${digServerText(server)} in ${took}`, ""]);
  }

  records(records: readonly DnsRecord[], settings: DigSettings): void {
    const { short } = this.#plan.globals;
    for (const record of records) this.#print(short ? digDataText(record, settings) : digRecordText(record, settings));
  }

  transferred(answer: DigAnswer, { records, messages, octets }: DigTransferSum, settings: DigSettings): void {
    if (!settings.stats) return;
    const size = `;; XFR size: ${records} records (messages ${messages}, bytes ${octets})`;
    this.#lines([...this.#statistics(answer), size, ""]);
  }

  line(text: string): void {
    this.#print(text);
  }

  /** The command line, before the first thing that is shown. */
  banner(settings: Pick<DigSettings, "server">): void {
    const { globals, words } = this.#plan;
    if (this.#hasBanner || !globals.banner || globals.short || globals.format !== "text") return;
    this.#hasBanner = true;
    this.#lines(["", `; <<>> Hawser dig <<>> ${words.map(shown).join(" ")}`]);
    if (settings.server !== undefined) this.#print("; (1 server found)");
    this.#print(";; global options: +cmd");
  }

  #short({ server, elapsedMs }: DigAnswer, { answers }: DnsMessage, settings: DigSettings): void {
    const { host } = server;
    const from = settings.identify ? ` from server ${host} in ${this.#took(elapsedMs, "ms", "us")}.` : "";
    for (const record of answers) this.#print(`${digDataText(record, settings)}${from}`);
  }

  #badPacket({ fault, octets }: DigAnswer): void {
    this.#lines([`;; Got bad packet: ${fault}`, `${octets.length} bytes`, ...digHexDump(octets)]);
  }

  #statistics({ elapsedMs, server, transport, cameAt }: DigAnswer): readonly string[] {
    return [
      `;; Query time: ${this.#took(elapsedMs, "msec", "usec")}`,
      `;; SERVER: ${digServerText(server)} (${transport.toUpperCase()})`,
      `;; WHEN: ${digDateText(cameAt)}`,
    ];
  }

  #took(ms: number, millis: string, micros: string): string {
    return this.#plan.globals.microseconds ? `${Math.round(ms * 1_000)} ${micros}` : `${Math.round(ms)} ${millis}`;
  }

  #say(line: string): void {
    if (this.#plan.globals.format === "text" && !this.#plan.globals.short) this.#print(line);
  }

  #lines(lines: readonly string[]): void {
    for (const line of lines) this.#print(line);
  }
}

/** A word of the command line; what would steer a terminal is escaped. */
function shown(word: string): string {
  return /^[!-~\u00a0-\uffff]*$/.test(word) ? word : quote(word);
}
