import { decodeDnsMessage } from "../../message/decode.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import type { DnsMessage } from "../../message/message.ts";
import { parseDomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { parseDnsRecord } from "../../records/text.ts";
import { dnsTypeNumber } from "../../records/types.ts";
import { DnsClass, DnsOpcode } from "../../words.ts";

const origin = parseDomainName("example.org");

/** An update as `nsupdate` takes it, line by line: `prereq yxdomain a`, `add a 60 A 192.0.2.1`, `delete a A`. */
export function updateOf(...lines: readonly string[]): DnsMessage {
  return decodeDnsMessage(updateOctets(...lines));
}

export function updateOctets(...lines: readonly string[]): Uint8Array {
  const isPrerequisite = (line: string): boolean => line.startsWith("prereq ");
  return encodeDnsMessage({
    id: 1,
    opcode: DnsOpcode.update,
    questions: [{ name: origin, type: "SOA", class: DnsClass.in }],
    answers: lines.filter(isPrerequisite).map((line) => prerequisiteOf(line.slice(7))),
    authorities: lines.filter((line) => !isPrerequisite(line)).map(changeOf),
  });
}

function prerequisiteOf(line: string): DnsRecord {
  const [verb = "", name = "", type = "ANY", ...data] = line.split(" ");
  if (data.length > 0) return parseDnsRecord(`${name} 0 ${type} ${data.join(" ")}`, { origin });
  return bare(name, type, verb.startsWith("yx") ? DnsClass.any : DnsClass.none);
}

function changeOf(line: string): DnsRecord {
  const [verb, name = "", type = "ANY", ...data] = line.split(" ");
  if (verb === "add") return parseDnsRecord(line.slice(4), { origin });
  if (data.length === 0) return bare(name, type, DnsClass.any);
  return { ...parseDnsRecord(`${name} 0 ${type} ${data.join(" ")}`, { origin }), class: DnsClass.none };
}

/** A record without data, that stands for its type or name. */
export function bare(name: string, type: string, recordClass: number): DnsRecord {
  const number = dnsTypeNumber(type);
  return {
    name: parseDomainName(name, origin),
    type: `TYPE${number}`,
    class: recordClass,
    ttl: 0,
    data: { octets: new Uint8Array(0) },
  };
}
