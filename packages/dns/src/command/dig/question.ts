import { type Random, UsageError } from "@hawser/core";
import type { EdnsOption } from "../../edns/options/table.ts";
import { encodeDnsMessage } from "../../message/encode.ts";
import type { DnsMessageInit } from "../../message/message.ts";
import type { DomainName } from "../../name/domain-name.ts";
import { rootName } from "../../name/domain-name.ts";
import { dnsRecord } from "../../records/text.ts";
import type { DnsTypeName } from "../../records/types.ts";
import type { TsigKey } from "../../tsig/key.ts";
import { signDnsMessage } from "../../tsig/sign.ts";
import type { DigSettings } from "./settings.ts";

/** A question as it is sent. */
export interface DigQuestion {
  readonly message: DnsMessageInit;
  readonly octets: Uint8Array;
  readonly id: number;
  /** The MAC of its signature, which that of the answer builds on. */
  readonly mac: Uint8Array | undefined;
  readonly cookie: Uint8Array | undefined;
}

/** What a question is made with. */
export interface DigQuestionMakings {
  readonly settings: DigSettings;
  readonly random: Random;
  /** What we send as a cookie, when one is wanted: it is the same for all questions, followed by what the server said. */
  readonly cookie: Uint8Array;
  readonly key: TsigKey | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Makes a question of what the command line says. */
export function digQuestion(name: DomainName, makings: DigQuestionMakings): DigQuestion {
  const { settings, random, key, now } = makings;
  const id = settings.id ?? random.integer(0, 65_536);
  const cookie = cookieOf(makings);
  const message = padded(messageOf(name, id, cookie, settings), settings, key);
  const octets = encodeDnsMessage(message);
  if (settings.z) octets[3]! |= 0x40;
  if (key === undefined) return { message, octets, id, mac: undefined, cookie };
  const signed = signDnsMessage(octets, key, { now: now / 1_000 });
  return { message, octets: signed.octets, id, mac: signed.mac, cookie };
}

function cookieOf({ settings, cookie }: DigQuestionMakings): Uint8Array | undefined {
  if (settings.edns === undefined || settings.cookie === false) return undefined;
  return settings.cookie === true ? cookie : settings.cookie;
}

function messageOf(
  name: DomainName,
  id: number,
  cookie: Uint8Array | undefined,
  settings: DigSettings,
): DnsMessageInit {
  const type = settings.type as DnsTypeName;
  return {
    id,
    opcode: settings.opcode,
    authoritative: settings.aa,
    truncated: settings.tc,
    recursionDesired: settings.rd,
    recursionAvailable: settings.ra,
    authenticData: settings.ad,
    checkingDisabled: settings.cd,
    questions: settings.headerOnly ? [] : [{ name, type, class: settings.class }],
    authorities: settings.serial === undefined ? [] : [startingPoint(name, settings.serial)],
    edns: settings.edns === undefined ? undefined : ednsOf(settings.edns, cookie, settings),
  };
}

function ednsOf(version: number, cookie: Uint8Array | undefined, settings: DigSettings): DnsMessageInit["edns"] {
  const { udpPayloadOctets, dnssec, compact, subnet, nsid, keepAlive, expire, ednsOptions } = settings;
  const options: EdnsOption[] = [];
  if (nsid) options.push({ type: "nsid", id: new Uint8Array(0) });
  if (cookie !== undefined) options.push(cookieOption(cookie));
  if (subnet !== undefined) options.push(subnet);
  if (expire) options.push({ type: "expire", expireSeconds: undefined });
  if (keepAlive) options.push({ type: "tcp-keepalive", idleTimeoutMs: undefined });
  options.push(...ednsOptions);
  return { version, udpPayloadOctets, dnssecOk: dnssec, compactOk: compact, options };
}

function cookieOption(octets: Uint8Array): EdnsOption {
  const server = octets.length > 8 ? octets.subarray(8) : undefined;
  if (server !== undefined && server.length < 8)
    throw new UsageError("+cookie: a cookie has 8 octets, or 16 to 40 (RFC 7873 §4)");
  return { type: "cookie", client: octets.subarray(0, 8), server };
}

/** In IXFR: the version that we say we have (RFC 1995 §3). */
function startingPoint(name: DomainName, serial: number) {
  const timers = { refreshSeconds: 0, retrySeconds: 0, expireSeconds: 0, minimumSeconds: 0 };
  return dnsRecord(name, "SOA", { primary: rootName, mailbox: rootName, serial, ...timers }, { ttl: 0 });
}

/** Fills the message up to a multiple of the block, TSIG not counted (RFC 8467 §4.1, RFC 8945 §5.3). */
function padded(message: DnsMessageInit, { paddingOctets }: DigSettings, key: TsigKey | undefined): DnsMessageInit {
  if (paddingOctets === 0 || message.edns === undefined || key !== undefined) return message;
  const { options = [] } = message.edns;
  const length = encodeDnsMessage(message).length + optionHeadOctets;
  const octetCount = (paddingOctets - (length % paddingOctets)) % paddingOctets;
  return { ...message, edns: { ...message.edns, options: [...options, { type: "padding", octetCount }] } };
}

/** Code and length of an option (RFC 6891 §6.1.2). */
const optionHeadOctets = 4;
