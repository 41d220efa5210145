import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type Fault, ipAddress, type Reactor } from "@hawser/core";
import { encodeDnsMessage } from "../message/encode.ts";
import { type DnsQuery, decodeDnsQuery } from "../message/query.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord, parseDnsRecord } from "../records/text.ts";
import type { DnsTypeName } from "../records/types.ts";
import { type DnsAnswerer, type DnsPlugin, dnsChain, refuseAll } from "../serving/plugin.ts";
import { type DnsReply, type DnsResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest, DnsTransport } from "../serving/request.ts";
import { decodeDnsSet, encodeDnsSets } from "../serving/sets.ts";
import type { TsigKey } from "../tsig/key.ts";
import { formatDnsRcode } from "../words.ts";

/** A chain that has been started, and is talked to. */
export interface TalkingChain {
  readonly answerer: DnsAnswerer;
  readonly plugin: DnsPlugin;
}

/** Starts a chain; what nobody in it answers is refused. */
export async function startChain(reactor: Reactor, ...plugins: readonly DnsPlugin[]): Promise<TalkingChain> {
  const plugin = dnsChain(plugins);
  const answerer = plugin.wrap(refuseAll);
  await plugin.started?.(reactor);
  return { answerer, plugin };
}

/**
 * Plays a conversation and compares what was said. `Q: www.example A do from 192.0.2.7 over tcp` asks; `A: NOERROR aa ra` and
 * the lines behind it are the answer: records, `+` before authorities, `++` before additionals, `EDE 15` for an extended error.
 */
export async function talk({ answerer }: Pick<TalkingChain, "answerer">, script: string): Promise<void> {
  const expected = script
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const said: string[] = [];
  for (const line of expected.filter((one) => one.startsWith("Q: ")))
    said.push(line, ...replyLines(await answerer(request(line.slice(3)))));
  assert.deepEqual(said, expected);
}

/** Makes a request of `www.example A`, and words behind it: `do`, `cd`, `nord`, `from HOST`, `over TRANSPORT`. */
export function request(text: string, more: Partial<DnsRequest> = {}): DnsRequest {
  const words = text.split(/\s+/);
  const after = (word: string): string | undefined =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  const transport = (after("over") ?? "udp") as DnsTransport;
  return {
    query: query(words),
    peer: ipAddress(after("from") ?? "192.0.2.99", 5353),
    transport,
    octetsMax: transport === "udp" ? 1232 : 65_535,
    tsigKey: words.includes("signed") ? ({ name: parseDomainName(after("signed")!) } as TsigKey) : undefined,
    arrivedAt: 0,
    signal: new AbortController().signal,
    ...more,
  };
}

/** What answers everything by itself: records by `name type`, and NXDOMAIN with a SOA record for the rest. */
export function zoneOf(...records: readonly string[]): DnsPlugin & { asked: string[] } {
  const sets = encodeDnsSets(records.map((text) => parseDnsRecord(text)));
  const asked: string[] = [];
  const answer = ({ query: { name, type } }: DnsRequest): DnsResponse => {
    asked.push(`${name} ${type}`);
    const answers = sets.filter((set) => set.name.equals(name) && set.type === type);
    if (answers.length > 0) return dnsResponse({ answers, authoritative: true });
    const rcode = sets.some((set) => set.name.equals(name)) ? 0 : 3;
    return dnsResponse({ rcode, authorities: sets.filter((set) => set.type === 6 && name.isWithin(set.name)) });
  };
  return { name: "zone", wrap: () => answer, asked };
}

/** A reply as the lines of a conversation. */
export function replyLines(reply: DnsReply): readonly string[] {
  if (reply.type !== "response") return [`A: ${reply.type}`];
  const flags = [reply.authoritative && "aa", reply.recursionAvailable && "ra", reply.authenticData && "ad"].filter(
    (flag) => flag !== false,
  );
  const records = (sets: DnsResponse["answers"], mark: string): readonly string[] =>
    sets.flatMap((set) => decodeDnsSet(set).map((record) => mark + formatDnsRecord(record)));
  return [
    ["A:", formatDnsRcode(reply.rcode), ...flags].join(" "),
    ...records(reply.answers, ""),
    ...records(reply.authorities, "+ "),
    ...records(reply.additionals, "++ "),
    ...reply.options.map((option) =>
      option.type === "extended-error" ? `EDE ${option.infoCode} ${option.text}`.trimEnd() : option.type,
    ),
  ];
}

function query(words: readonly string[]): DnsQuery {
  const [name = "", type = "A"] = words;
  return decodeDnsQuery(
    encodeDnsMessage({
      id: 1,
      questions: [{ name: parseDomainName(name), type: type as DnsTypeName, class: 1 }],
      recursionDesired: !words.includes("nord"),
      checkingDisabled: words.includes("cd"),
      edns: { dnssecOk: words.includes("do") },
    }),
  );
}

/** The faults that are reported while something is done. */
export async function faultsDuring(run: () => Promise<void>): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const note = (fault: unknown): void => void faults.push(fault as Fault);
  subscribe("hawser:fault", note);
  try {
    await run();
  } finally {
    unsubscribe("hawser:fault", note);
  }
  return faults;
}
