import type { DnsMessage } from "../../message/message.ts";
import { formatDnsRecord } from "../../records/text.ts";

/** Whether two answers mean the same: records in any order, whatever their TTLs and the case of their letters. */
export function saySame(one: DnsMessage, other: DnsMessage): boolean {
  return one.rcode === other.rcode && meaningOf(one) === meaningOf(other);
}

function meaningOf({ answers }: DnsMessage): string {
  const lines = answers.map((record) => formatDnsRecord({ ...record, ttl: 0 }).toLowerCase());
  return lines.sort().join("\n");
}
