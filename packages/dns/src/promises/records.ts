import type { AnyRecord, CaaRecord, MxRecord, NaptrRecord, SoaRecord, SrvRecord } from "node:dns";
import { parseIp } from "@hawser/core";
import type { DomainName } from "../name/domain-name.ts";
import type { CaaData } from "../records/caa.ts";
import type { MxData } from "../records/mx.ts";
import type { NaptrData } from "../records/naptr.ts";
import type { DnsRecord } from "../records/record.ts";
import type { SoaData } from "../records/soa.ts";
import type { SrvData } from "../records/srv.ts";
import type { TlsaData } from "../records/tlsa.ts";

/** A TLSA record, as newer versions of Node give it. */
export interface DnsFacadeTlsaRecord {
  readonly certUsage: number;
  readonly selector: number;
  readonly match: number;
  readonly data: ArrayBuffer;
}

/** A name as node spells it: without the last dot; the root is nothing. */
export function nodeName(name: DomainName): string {
  return name.toString().slice(0, -1);
}

/** An IPv6 address as `inet_ntop` spells it: with an IPv4 address at its end, where it has one (RFC 5952 §5). */
export function nodeIpv6(address: string): string {
  const octets = parseIp(address)!;
  const isMapped = octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 0xff && octets[11] === 0xff;
  const isCompatible = octets.subarray(0, 12).every((octet) => octet === 0) && (octets[12] !== 0 || octets[13] !== 0);
  return isMapped || isCompatible ? `::${isMapped ? "ffff:" : ""}${octets.subarray(12).join(".")}` : address;
}

export function nodeCaa({ flags, tag, value }: CaaData): CaaRecord {
  return { critical: flags, [tag]: value };
}

export function nodeMx({ exchange, preference }: MxData): MxRecord {
  return { exchange: nodeName(exchange), priority: preference };
}

export function nodeNaptr({ flags, services, regexp, replacement, order, preference }: NaptrData): NaptrRecord {
  return {
    flags,
    service: services,
    regexp,
    replacement: nodeName(replacement),
    order,
    preference,
  };
}

export function nodeSoa({ primary, mailbox, serial, ...periods }: SoaData): SoaRecord {
  return {
    nsname: nodeName(primary),
    hostmaster: nodeName(mailbox),
    serial,
    refresh: periods.refreshSeconds,
    retry: periods.retrySeconds,
    expire: periods.expireSeconds,
    minttl: periods.minimumSeconds,
  };
}

export function nodeSrv({ target, port, priority, weight }: SrvData): SrvRecord {
  return { name: nodeName(target), port, priority, weight };
}

export function nodeTlsa({ usage, selector, matchingType, association }: TlsaData): DnsFacadeTlsaRecord {
  const data = Uint8Array.from(association).buffer;
  return { certUsage: usage, selector, match: matchingType, data };
}

/** Any record that node has a form for, with its type; others are left out. */
export function nodeAny(record: DnsRecord): readonly (AnyRecord | ({ readonly type: "TLSA" } & DnsFacadeTlsaRecord))[] {
  switch (record.type) {
    case "A":
      return [{ type: "A", address: record.data.address, ttl: record.ttl }];
    case "AAAA":
      return [{ type: "AAAA", address: nodeIpv6(record.data.address), ttl: record.ttl }];
    case "CAA":
      return [{ type: "CAA", ...nodeCaa(record.data) }];
    case "CNAME":
    case "PTR":
      return [{ type: record.type, value: nodeName(record.data.target) }];
    case "NS":
      return [{ type: "NS", value: nodeName(record.data.nameServer) }];
    case "MX":
      return [{ type: "MX", ...nodeMx(record.data) }];
    case "NAPTR":
      return [{ type: "NAPTR", ...nodeNaptr(record.data) }];
    case "SOA":
      return [{ type: "SOA", ...nodeSoa(record.data) }];
    case "SRV":
      return [{ type: "SRV", ...nodeSrv(record.data) }];
    case "TLSA":
      return [{ type: "TLSA", ...nodeTlsa(record.data) }];
    case "TXT":
      return [{ type: "TXT", entries: [...record.data.strings] }];
    default:
      return [];
  }
}
