import assert from "node:assert/strict";
import { test } from "node:test";
import dnsPacket from "dns-packet";
import fc from "fast-check";
import {
  DnsClass,
  type DnsMessage,
  type DnsRecord,
  type DnsRecordTypeName,
  DomainName,
  decodeDnsMessage,
  encodeDnsMessage,
  parseDomainName,
} from "../index.ts";
import { messagesOf } from "./arbitraries.test.kit.ts";

const messages = process.env["HAWSER_SOAK"] === "1" ? 100_000 : 3_000;
const seed = Number(process.env["HAWSER_SEED"] ?? 1);

/** What dns-packet knows. */
const types: readonly DnsRecordTypeName[] = [
  "A",
  "AAAA",
  "CAA",
  "CNAME",
  "DNAME",
  "DNSKEY",
  "DS",
  "HINFO",
  "MX",
  "NAPTR",
  "NS",
  "NSEC",
  "NSEC3",
  "PTR",
  "RP",
  "RRSIG",
  "SOA",
  "SRV",
  "SSHFP",
  "TLSA",
  "TXT",
];

/** What dns-packet can hold: it knows no escapes, reads text as UTF-8, and has names for few types and classes. */
function plain<T>(value: T): T {
  if (value instanceof Uint8Array) return value;
  if (value instanceof DomainName) return (isPlain(value) ? value : parseDomainName("odd.Example.org")) as T;
  if (typeof value === "string") return value.replace(/[^\x20-\x7e]/g, "?") as T;
  if (Array.isArray(value)) return value.map(plain) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)])) as T;
}

function isPlain(name: DomainName): boolean {
  return /^([\w*-]+\.)+$|^\.$/.test(name.toString());
}

function plainRecord(record: DnsRecord): DnsRecord {
  const simple = { ...plain(record), class: DnsClass.in };
  if (simple.type === "RRSIG") return { ...simple, data: { ...simple.data, typeCovered: "A" } };
  if (simple.type === "NSEC" || simple.type === "NSEC3")
    return { ...simple, data: { ...simple.data, types: ["A", "MX"] } } as DnsRecord;
  if (simple.type === "SSHFP")
    return { ...simple, data: { algorithm: 4, fingerprintType: 2, fingerprint: new Uint8Array(32) } };
  if (simple.type === "CAA") return { ...simple, data: { ...simple.data, flags: simple.data.flags & 128 } };
  return simple;
}

function plainMessage(message: DnsMessage): DnsMessage {
  const options = message.edns?.options.filter(({ type }) => type === "nsid" || type === "padding");
  return {
    ...message,
    questions: message.questions.map(({ name }) => ({ name: plain(name), type: "A", class: DnsClass.in })),
    answers: message.answers.map(plainRecord),
    authorities: message.authorities.map(plainRecord),
    additionals: message.additionals.map(plainRecord),
    rcode: message.rcode & 0xff3 & (message.edns === undefined ? 15 : 0xfff),
    edns: message.edns && { ...message.edns, udpPayloadOctets: 1_232, compactOk: false, options: options! },
  };
}

/** dns-packet takes options apart and does not put all of them together again. */
function withoutOptions(packet: dnsPacket.DecodedPacket): dnsPacket.Packet {
  const additionals = packet.additionals?.map((one) => (one.type === "OPT" ? { ...one, options: [] } : one)) ?? [];
  return { ...packet, additionals } as dnsPacket.Packet;
}

test(`${messages} messages mean the same to dns-packet, both ways (HAWSER_SEED=${seed})`, {
  timeout: 3_600_000,
}, () => {
  for (const one of fc.sample(messagesOf(types, "records"), { seed, numRuns: messages })) {
    const message = plainMessage(one);
    const octets = encodeDnsMessage(message);
    const theirs = dnsPacket.decode(Buffer.from(octets));
    const back = decodeDnsMessage(dnsPacket.encode(withoutOptions(theirs)));
    assert.deepEqual(back, { ...message, edns: message.edns && { ...message.edns, options: [] } });
    assert.equal(theirs.answers?.length ?? 0, message.answers.length);
  }
});
