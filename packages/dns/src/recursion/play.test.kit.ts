import type { Instant } from "@hawser/core";
import { SeededRandom } from "@hawser/core/simulation";
import { DnsAnswerWriter } from "../message/answer.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage } from "../message/message.ts";
import { decodeDnsQuery } from "../message/query.ts";
import { formatDnsRecord } from "../records/text.ts";
import { dnsTypeNumber } from "../records/types.ts";
import { type DnsPlugin, refuseAll } from "../serving/plugin.ts";
import type { DnsResponse } from "../serving/reply.ts";
import { decodeDnsSet } from "../serving/sets.ts";
import { DnsRcode, formatDnsRcode } from "../words.ts";
import type { ResolutionAsk } from "./exchange.ts";
import { type InfrastructureOptions, RecursionInfrastructure } from "./infrastructure.ts";
import type { RecursionLimits } from "./limits.ts";
import { Resolution } from "./resolution.ts";
import { nameOf, type TreeServer, tree, treeServers } from "./tree.test.kit.ts";

/** A server as it speaks: a plugin, or a function that gives whole messages. `undefined` says nothing. */
export type PlayedServer = DnsPlugin | ((ask: ResolutionAsk) => DnsMessage | undefined);

const msPerAnswer = 10;

/** Servers by address, time that stands still until it is needed, and what was asked. No sockets, no promises. */
export class Play {
  readonly servers: Map<string, PlayedServer> = new Map();
  readonly asked: string[] = [];
  shared: RecursionInfrastructure;
  now: Instant = 1_000_000;

  constructor(options: Partial<InfrastructureOptions> = {}) {
    for (const [name, server] of tree(addressOf)) this.servers.set(addressOf(name), server);
    this.shared = infrastructure(options);
  }

  /** Resolves a question to the end. The answer as text: the rcode, then the answers; `resolution` counts what it took. */
  resolve(
    text: string,
    limits: RecursionLimits = {},
  ): { readonly lines: readonly string[]; readonly resolution: Resolution; readonly response: DnsResponse } {
    const [name = "", type = "A", refresh] = text.split(" ");
    const question = { name: nameOf(name), type: dnsTypeNumber(type), refresh: refresh === "refresh" };
    const resolution = new Resolution(question, this.shared, this.now, { limits });
    const underWay: { readonly at: Instant; readonly ask: ResolutionAsk; readonly reply: DnsMessage | undefined }[] =
      [];
    for (let step = resolution.next(this.now); step.type !== "done"; step = resolution.next(this.now)) {
      if (step.type === "ask") underWay.push(this.#put(step.ask));
      else {
        underWay.sort((one, other) => one.at - other.at);
        const next = underWay.shift();
        this.now = Math.min(next?.at ?? resolution.deadline, resolution.deadline);
        if (next === undefined || next.at > this.now) continue;
        resolution.answered(
          next.ask,
          next.reply ?? { type: "failure", code: "timed-out", text: "no answer" },
          this.now,
        );
      }
    }
    const response = resolution.response(this.now)!;
    return { lines: linesOf(response), resolution, response };
  }

  /** How many questions a server got. */
  askedOf(server: TreeServer): number {
    return this.asked.filter((line) => line.startsWith(`${addressOf(server)} `)).length;
  }

  #put(ask: ResolutionAsk): {
    readonly at: Instant;
    readonly ask: ResolutionAsk;
    readonly reply: DnsMessage | undefined;
  } {
    this.asked.push(`${ask.place.host} ${ask.name} ${ask.message.questions![0]!.type}`);
    const server = this.servers.get(ask.place.host);
    const reply = server === undefined ? undefined : typeof server === "function" ? server(ask) : said(server, ask);
    return { at: this.now + (reply === undefined ? ask.timeoutMs : msPerAnswer), ask, reply };
  }
}

export function addressOf(server: string): string {
  const at = treeServers.indexOf(server as TreeServer);
  return at === -1 ? `198.51.100.${server.length}` : `198.18.0.${at + 1}`;
}

export function infrastructure(options: Partial<InfrastructureOptions> = {}): RecursionInfrastructure {
  const rootHints = new Map([
    [nameOf("a.root-servers.net"), [addressOf("root1")]],
    [nameOf("b.root-servers.net"), [addressOf("root2")]],
  ]);
  return new RecursionInfrastructure({ random: new SeededRandom("play"), rootHints, families: "ipv4", ...options });
}

/** What a plugin answers, there and back through the octets of messages. Plugins of this kit answer at once. */
export function said(server: DnsPlugin, { message }: ResolutionAsk): DnsMessage | undefined {
  const query = decodeDnsQuery(encodeDnsMessage({ ...message, id: 1 }));
  const peer = { family: "ipv4", host: "192.0.2.53", port: 53 } as const;
  const { signal } = new AbortController();
  const octetsMax = 65_535;
  const reply = server.wrap(refuseAll)({
    query,
    peer,
    transport: "tcp",
    octetsMax,
    tsigKey: undefined,
    arrivedAt: 0,
    signal,
  });
  if (reply instanceof Promise) throw new TypeError("Cannot wait for a plugin here");
  if (reply.type !== "response") return undefined;
  const writer = new DnsAnswerWriter();
  writer.begin(query, { ...reply, octetsMax, edns: query.edns && { options: reply.options } });
  for (const set of reply.answers) writer.add("answer", set);
  for (const set of reply.authorities) writer.add("authority", set);
  for (const set of reply.additionals) writer.add("additional", set);
  return decodeDnsMessage(writer.finish());
}

/** The rcode, extended errors as `EDE n`, and the answers. */
export function linesOf(response: DnsResponse): readonly string[] {
  const codes = response.options.flatMap((option) =>
    option.type === "extended-error" ? `EDE ${option.infoCode}` : [],
  );
  const answers = response.answers.flatMap((set) => decodeDnsSet(set).map((record) => formatDnsRecord(record)));
  return [response.rcode === DnsRcode.noError ? "NOERROR" : formatDnsRcode(response.rcode), ...codes, ...answers];
}
