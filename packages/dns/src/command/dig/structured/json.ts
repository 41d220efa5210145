import type { Edns } from "../../../edns/edns.ts";
import { formatOption } from "../../../edns/options/table.ts";
import type { DnsMessage } from "../../../message/message.ts";
import { encodeDnsData } from "../../../records/data-octets.ts";
import type { DnsRecord } from "../../../records/record.ts";
import { formatDnsData } from "../../../records/text.ts";
import { dnsTypeNumber } from "../../../records/types.ts";
import { formatDnsClass, formatDnsRcode } from "../../../words.ts";
import type { DigAnswer } from "../answer.ts";

/** An answer as one line of JSON: the members of RFC 8427, and how it came. */
export function digJson(answer: DigAnswer): string {
  const { message, octets, fault, server, transport, elapsedMs, cameAt } = answer;
  return JSON.stringify({
    dateString: new Date(cameAt).toISOString(),
    dateSeconds: cameAt / 1_000,
    msgLength: octets.length,
    ...(message === undefined ? { fault, octetsHEX: hexOf(octets) } : members(message)),
    queryTimeMs: Math.round(elapsedMs),
    server: { address: server.host, port: server.port, name: server.called, transport },
  });
}

function members(message: DnsMessage): object {
  const { questions, answers, authorities, additionals, edns, tsig } = message;
  const [question] = questions;
  const last = additionals.length + (edns === undefined ? 0 : 1) + (tsig === undefined ? 0 : 1);
  return {
    ...header(message),
    QDCOUNT: questions.length,
    ANCOUNT: answers.length,
    NSCOUNT: authorities.length,
    ARCOUNT: last,
    ...(question && {
      QNAME: String(question.name),
      QTYPE: dnsTypeNumber(question.type),
      QTYPEname: question.type,
      QCLASS: question.class,
      QCLASSname: formatDnsClass(question.class),
    }),
    answerRRs: answers.map(recordMembers),
    authorityRRs: authorities.map(recordMembers),
    additionalRRs: additionals.map(recordMembers),
    ...(edns && { EDNS: ednsMembers(edns) }),
    ...(tsig && { TSIG: recordMembers(tsig) }),
  };
}

function header(message: DnsMessage): object {
  return {
    ID: message.id,
    QR: Number(message.response),
    Opcode: message.opcode,
    AA: Number(message.authoritative),
    TC: Number(message.truncated),
    RD: Number(message.recursionDesired),
    RA: Number(message.recursionAvailable),
    AD: Number(message.authenticData),
    CD: Number(message.checkingDisabled),
    RCODE: message.rcode,
    RCODEname: formatDnsRcode(message.rcode),
  };
}

/** `rdataMX` and its like hold data as text, as RFC 8427 §2.3 has it. */
function recordMembers(record: DnsRecord): object {
  const octets = encodeDnsData(record.type, record.data as never);
  return {
    NAME: String(record.name),
    TYPE: dnsTypeNumber(record.type),
    TYPEname: record.type,
    CLASS: record.class,
    CLASSname: formatDnsClass(record.class),
    TTL: record.ttl,
    RDLENGTH: octets.length,
    RDATAHEX: hexOf(octets),
    [`rdata${record.type}`]: formatDnsData(record.type, record.data as never),
  };
}

function ednsMembers({ version, dnssecOk, udpPayloadOctets, options }: Edns): object {
  return { version, DO: Number(dnssecOk), udpSize: udpPayloadOctets, options: options.map(formatOption) };
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("hex").toUpperCase();
}
