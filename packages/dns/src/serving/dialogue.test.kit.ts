import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  connect,
  encodeLengthPrefixed,
  type Factory,
  LengthPrefixedReader,
  listen,
  type Reactor,
  type Transport,
} from "@hawser/core";
import { memoryReactor } from "@hawser/core/memory";
import { type SimulationOptions, simulate } from "@hawser/core/simulation";
import { seeds, selfSignedCertificate } from "@hawser/core/testing";
import type { EdnsOption } from "../edns/options/table.ts";
import { decodeDnsMessage } from "../message/decode.ts";
import { encodeDnsMessage } from "../message/encode.ts";
import type { DnsMessage, DnsMessageInit } from "../message/message.ts";
import { parseDomainName } from "../name/domain-name.ts";
import { formatDnsRecord } from "../records/text.ts";
import { parseDnsType } from "../records/types.ts";
import { formatDnsRcode, parseDnsClass } from "../words.ts";
import { DatagramClient } from "./conversation.test.kit.ts";

/** Which manner a conversation is held in: what only some transports do is written for those. */
type Manner = "memory" | "tcp" | "tls" | "udp";

/** One conversation: what the client says, and what it hears for it; nothing for what is dropped. */
export interface Dialogue {
  /** In which manners. Default: in all. */
  readonly on?: readonly Manner[];
  readonly text: string;
}

/**
 * Tests of conversations, each line a message:
 *
 *   C: www.example A +rd +nsid
 *   S: NOERROR aa rd: www.example. 60 IN A 192.0.2.1 [nsid]
 *   C: hex 0007 0000 …
 *   S: nothing
 *
 * They are held over datagrams, and over streams whole, octet by octet and in random pieces, in the simulation; over memory;
 * and over TLS.
 */
export function dialogues(server: () => Factory, conversations: Readonly<Record<string, Dialogue | string>>): void {
  for (const [title, conversation] of Object.entries(conversations)) {
    const { on = ["udp", "tcp", "memory", "tls"], text } =
      typeof conversation === "string" ? { text: conversation } : conversation;
    for (const manner of on) test(`${title} (${manner})`, () => manners[manner](server, text));
  }
}

type Ask = (octets: Uint8Array) => Promise<Uint8Array | undefined>;

const manners: Readonly<Record<Manner, (server: () => Factory, text: string) => Promise<void>>> = {
  udp: (server, text) =>
    simulate({ seed: 1 }, async (world) => {
      await world.listen("udp:53", server(), { reactor: world.host("server") });
      const client = await DatagramClient.open(world);
      await play(text, async (octets) => (await client.ask(octets))[0]);
      client.close();
    }),

  async tcp(server, text) {
    const random = seeds({ count: 3, soakCount: 50 }).map((seed) => ({
      seed,
      cuts: true,
      latencyMs: [1, 20] as const,
    }));
    const cuts: SimulationOptions[] = [{ seed: 1 }, { seed: 1, cuts: "each-octet" }, ...random];
    for (const options of cuts)
      await simulate(options, async (world) => {
        await world.listen("tcp:53", server(), { reactor: world.host("server") });
        const transport = await world.connect("tcp:server:53", undefined, { reactor: world.host("client") });
        await play(text, asking(transport, world.host("client")));
        transport.abort();
      });
  },

  memory: (server, text) => overStream(server, text, "tcp:localhost:853", "tcp:853"),

  async tls(server, text) {
    const reactor = memoryReactor();
    const { certificate, key } = selfSignedCertificate({ names: ["localhost"] });
    const folder = mkdtempSync(join(tmpdir(), "hawser-dns-")); // our own certificate is read from the disk,
    writeFileSync(join(folder, "server.pem"), `${certificate}${key}`);
    await reactor.files("/").writeFile("authority.pem", Buffer.from(certificate)); // and whom to trust by the reactor
    await using _ = await listen(`tls:853:cert=${join(folder, "server.pem")}`, server(), { reactor });
    process.once("exit", () => rmSync(folder, { recursive: true })); // not before: it is looked at again for every connection
    const transport = await connect("tls:localhost:853:ca=/authority.pem:alpn=dot", undefined, { reactor });
    assert.equal(transport.security?.alpn, "dot");
    await play(text, asking(transport, reactor));
    transport.abort();
  },
};

async function overStream(server: () => Factory, text: string, where: string, at: string): Promise<void> {
  const reactor = memoryReactor();
  await using _ = await listen(at, server(), { reactor });
  const transport = await connect(where, undefined, { reactor });
  await play(text, asking(transport, reactor));
  transport.abort();
}

async function play(text: string, ask: Ask): Promise<void> {
  let answer: string | undefined;
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line.startsWith("C: ")) answer = summaryOf(await ask(octetsOf(line.slice(3))));
    else if (line.startsWith("S: ")) assert.equal(answer, line.slice(3));
    else assert.equal(line, "");
  }
}

/** `NAME TYPE [CLASS] [+rd] [+edns] [+nsid] …`, or `hex` and octets. */
function octetsOf(line: string): Uint8Array {
  if (/^hex( |$)/.test(line)) return Buffer.from(line.slice(3).replaceAll(" ", ""), "hex");
  const words = line.split(" ");
  const plus = new Set(words.filter((word) => word.startsWith("+")));
  const [name, type = "A", of = "IN"] = words.filter((word) => !word.startsWith("+"));
  const options = [...plus].flatMap((word) => optionsOf[word] ?? []);
  const version = plus.has("+version1") ? 1 : 0;
  const message: DnsMessageInit = {
    id: 7,
    questions: [{ name: parseDomainName(name!), type: parseDnsType(type), class: parseDnsClass(of)! }],
    recursionDesired: plus.has("+rd"),
    ...(plus.has("+iquery") && { opcode: 1 }),
    ...(plus.has("+response") && { response: true }),
    ...((plus.has("+edns") || options.length > 0 || version > 0) && { edns: { options, version } }),
  };
  return encodeDnsMessage(message);
}

const optionsOf: Readonly<Record<string, readonly EdnsOption[]>> = {
  "+nsid": [{ type: "nsid", id: new Uint8Array(0) }],
  "+keepalive": [{ type: "tcp-keepalive", idleTimeoutMs: undefined }],
  "+padding": [{ type: "padding", octetCount: 3 }],
  "+cookie": [{ type: "cookie", client: new Uint8Array(8).fill(1), server: undefined }],
};

/** `NOERROR aa rd: RECORD, RECORD; RECORD [nsid cookie]`; with the octets where they are padded. */
function summaryOf(octets: Uint8Array | undefined): string {
  if (octets === undefined) return "nothing";
  const message = decodeDnsMessage(octets);
  assert.equal(message.id, 7);
  assert.equal(message.response, true);
  const flags = (["authoritative", "truncated", "recursionDesired", "recursionAvailable"] as const)
    .flatMap((flag, at) => (message[flag] ? [["aa", "tc", "rd", "ra"][at]!] : []))
    .map((flag) => ` ${flag}`)
    .join("");
  return `${formatDnsRcode(message.rcode)}${flags}${recordsOf(message)}${optionText(message, octets.length)}`;
}

function recordsOf({ answers, authorities }: DnsMessage): string {
  const [first, second] = [answers, authorities].map((records) =>
    records.map((one) => formatDnsRecord(one)).join(", "),
  );
  return `${first === "" ? "" : `: ${first}`}${second === "" ? "" : `; ${second}`}`;
}

function optionText({ edns }: DnsMessage, octetCount: number): string {
  if (edns === undefined) return "";
  const words = edns.options.map((option) => (option.type === "padding" ? `${octetCount} octets` : option.type));
  return ` [${words.join(" ")}]`;
}

/** Sends one message after the other, and gives what comes within a second. */
function asking(transport: Transport, reactor: Reactor): Ask {
  const reader = new LengthPrefixedReader(16);
  const came: Uint8Array[] = [];
  let wake = (): void => {};
  transport.start({
    data: (chunk) => {
      reader.receive(chunk);
      came.push(...reader);
      if (came.length > 0) wake();
    },
    end: () => wake(),
    closed: () => wake(),
  });
  return async (octets) => {
    transport.write(encodeLengthPrefixed(16, octets));
    await new Promise<void>((resolve) => {
      const timer = reactor.clock.after(60_000, resolve);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });
    return came.shift();
  };
}
