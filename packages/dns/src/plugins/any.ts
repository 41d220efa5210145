import { encodeDnsData } from "../records/data-octets.ts";
import { DnsType } from "../records/types.ts";
import type { DnsPlugin } from "../serving/plugin.ts";
import { type DnsResponse, dnsResponse } from "../serving/reply.ts";
import type { DnsRequest } from "../serving/request.ts";
import { DnsOpcode } from "../words.ts";

/** When {@link anyPlugin} answers. */
export interface AnyPluginOptions {
  /** `udp`: those who are where they say to be, since they came over TCP or showed a cookie, are told everything. Default `always`. */
  readonly over?: "always" | "udp" | undefined;
}

/** How long those who ask may believe it, in seconds. */
const ttlSeconds = 3_600;

/** The words of the RFC itself. */
const data = [encodeDnsData("HINFO", { cpu: `RFC${8482}`, os: "" })];

/** Answers ANY with one small record (RFC 8482 §4.2): large answers help those who send them to others. */
export function anyPlugin({ over = "always" }: AnyPluginOptions = {}): DnsPlugin {
  return {
    name: "any",
    wrap: (next) => (request) => {
      const { opcode, type } = request.query;
      const isAnswered = type === DnsType.ANY && opcode === DnsOpcode.query;
      return isAnswered && (over === "always" || isDoubtful(request)) ? minimal(request) : next(request);
    },
  };
}

function isDoubtful({ transport, isAddressProven = false }: DnsRequest): boolean {
  return transport === "udp" && !isAddressProven;
}

function minimal({ query: { name, class: of } }: DnsRequest): DnsResponse {
  return dnsResponse({ answers: [{ name, type: DnsType.HINFO, class: of, ttl: ttlSeconds, data }] });
}
