import { encodeDnsData } from "../records/data-octets.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { type DnsResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { DnsOpcode } from "../words.ts";

/** When {@link anyPlugin} answers. */
export interface AnyPluginOptions {
  /** `udp`: over TCP, where nobody lies about who he is, everything is told. Default `always`. */
  readonly over?: "always" | "udp" | undefined;
}

/** How long those who ask may believe it, in seconds. */
const ttlSeconds = 3_600;

const data = [encodeDnsData("HINFO", { cpu: "RFC8482", os: "" })];

/** Answers ANY with one small record (RFC 8482 §4.2): large answers help those who send them to others. */
export function anyPlugin({ over = "always" }: AnyPluginOptions = {}): DnsPlugin {
  return {
    name: "any",
    wrap: (next) => (request) => {
      const { opcode, type } = request.query;
      const isAnswered = type === DnsType.ANY && opcode === DnsOpcode.query;
      return isAnswered && (over === "always" || request.transport === over) ? minimal(request) : next(request);
    },
  };
}

function minimal({ query: { name, class: of } }: DnsRequest): DnsResponse {
  return dnsResponse({ answers: [{ name, type: DnsType.HINFO, class: of, ttl: ttlSeconds, data }] });
}
