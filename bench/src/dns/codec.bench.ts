import {
  DnsAnswerWriter,
  DnsClass,
  type DnsEncodedSet,
  type DnsMessageInit,
  DnsType,
  decodeDnsMessage,
  decodeDnsQuery,
  encodeDnsData,
  encodeDnsMessage,
  parseDnsRecord,
  parseDomainName,
} from "@hawser/dns";
import dnsPacket from "dns-packet";
import type { Bench, Contestant, Workload } from "../harness/bench.ts";

/** One operation; gives a number, so that nobody may leave it out. */
type Operation = () => number;

const name = parseDomainName("www.example.org");
const question = { name, type: "A", class: DnsClass.in } as const;
const query = Buffer.from(
  encodeDnsMessage({ id: 4_711, recursionDesired: true, questions: [question], edns: { udpPayloadOctets: 1_232 } }),
);

/** What a resolver gets: an alias, addresses, name servers and their addresses. */
const answer: DnsMessageInit = {
  id: 4_711,
  response: true,
  recursionDesired: true,
  questions: [question],
  answers: [
    "www.example.org. 300 CNAME web.example.org.",
    "web.example.org. 300 A 192.0.2.1",
    "web.example.org. 300 A 192.0.2.2",
  ].map((text) => parseDnsRecord(text)),
  authorities: ["example.org. 3600 NS ns1.example.org.", "example.org. 3600 NS ns2.example.org."].map((text) =>
    parseDnsRecord(text),
  ),
  additionals: ["ns1.example.org. 3600 A 192.0.2.53", "ns2.example.org. 3600 AAAA 2001:db8::53"].map((text) =>
    parseDnsRecord(text),
  ),
  edns: { udpPayloadOctets: 1_232 },
};
const answerOctets = Buffer.from(encodeDnsMessage(answer));
const theirAnswer = dnsPacket.decode(answerOctets) as dnsPacket.Packet;

/** One message of a zone transfer, as full as it may be. */
const transfer = Buffer.from(
  encodeDnsMessage({
    id: 4_711,
    response: true,
    answers: Array.from({ length: 1_500 }, (_, i) => parseDnsRecord(`host${i}.example.org. 3600 A 192.0.2.${i % 256}`)),
  }),
);

/** What does it cost to take messages apart and to put them together? */
export const dnsCodecBench: Bench = {
  name: "dns-codec",
  servers: ["hawser", "hawser messages", "dns-packet"],
  workloads: [
    workload("query-answer", "a question is read, looked up, and answered with one address", {
      hawser: answerFromZone(),
      "hawser messages": answerByMessage,
      "dns-packet": answerByPacket(),
    }),
    workload("decode-answer", "an answer of seven records is read", {
      hawser: () => decodeDnsMessage(answerOctets).id,
      "dns-packet": () => dnsPacket.decode(answerOctets).id ?? 0,
    }),
    workload("encode-answer", "an answer of seven records is written", {
      hawser: () => encodeDnsMessage(answer).length,
      "dns-packet": () => dnsPacket.encode(theirAnswer).length,
    }),
    workload("decode-transfer", "one message of a zone transfer is read, with 1,500 records", {
      hawser: () => decodeDnsMessage(transfer).answers.length,
      "dns-packet": () => dnsPacket.decode(transfer).answers?.length ?? 0,
    }),
  ],
};

/** As an authoritative server does it: data that were encoded when the zone was loaded are copied. */
function answerFromZone(): Operation {
  const set: DnsEncodedSet = {
    name,
    type: DnsType.A,
    class: 1,
    ttl: 300,
    data: [encodeDnsData("A", { address: "192.0.2.1" })],
  };
  const zone = new Map([[name.key, new Map([[DnsType.A as number, set]])]]);
  const writer = new DnsAnswerWriter();
  const edns = { udpPayloadOctets: 1_232 };
  return () => {
    const asked = decodeDnsQuery(query);
    writer.begin(asked, { authoritative: true, octetsMax: asked.edns?.udpPayloadOctets, edns });
    writer.add("answer", zone.get(asked.name.key)!.get(asked.type)!);
    return writer.finish().length;
  };
}

/** As a program does it that does not care for time. */
const records = new Map([[name.key, parseDnsRecord("www.example.org. 300 A 192.0.2.1")]]);
function answerByMessage(): number {
  const asked = decodeDnsMessage(query);
  return encodeDnsMessage({
    id: asked.id,
    response: true,
    authoritative: true,
    recursionDesired: asked.recursionDesired,
    questions: asked.questions,
    answers: [records.get(asked.questions[0]!.name.key)!],
    edns: { udpPayloadOctets: 1_232 },
  }).length;
}

function answerByPacket(): Operation {
  const zone = new Map([["www.example.org", "192.0.2.1"]]);
  const opt = {
    type: "OPT",
    name: ".",
    udpPayloadSize: 1_232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  } as const;
  return () => {
    const asked = dnsPacket.decode(query);
    const address = zone.get(asked.questions![0]!.name.toLowerCase())!;
    return dnsPacket.encode({
      type: "response",
      id: asked.id,
      flags: dnsPacket.AUTHORITATIVE_ANSWER | dnsPacket.RECURSION_DESIRED,
      questions: asked.questions,
      answers: [{ type: "A", name: asked.questions![0]!.name, ttl: 300, data: address }],
      additionals: [opt as never],
    }).length;
  };
}

function workload(name: string, question: string, operations: Readonly<Record<string, Operation>>): Workload {
  return {
    name,
    question,
    enter: async (servers) => ({
      contestants: servers
        .filter((server) => server in operations)
        .map((server) => contestant(server, operations[server]!)),
      absent: {},
    }),
  };
}

/** Runs in this process: the processor's time counts, not the clock's. */
function contestant(server: string, operation: Operation): Contestant {
  return {
    server,
    async round(seconds) {
      const before = process.cpuUsage();
      const startedAt = performance.now();
      let operations = 0;
      let octets = 0;
      while (performance.now() - startedAt < seconds * 1_000) {
        for (let i = 0; i < 1_000; i++) octets += operation();
        operations += 1_000;
      }
      if (octets <= 0) throw new Error(`${server} gave nothing`);
      const { user, system } = process.cpuUsage(before);
      return { operations, seconds: (performance.now() - startedAt) / 1_000, cpuMicroseconds: user + system };
    },
    stop: async () => {},
  };
}
