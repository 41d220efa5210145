import type { DnsQuery } from "../../message/query.ts";
import { DnsType } from "../../records/types.ts";
import { DnsRcode } from "../../words.ts";
import type { DnsResponse } from "../reply.ts";
import type { DnsResponseKind } from "./response-limiter.ts";

/** What an answer is counted as, and with which others: random names below one zone make equal denials. */
export function responseKind(query: DnsQuery, response: DnsResponse): readonly [DnsResponseKind, string] {
  const { rcode, answers, authorities } = response;
  const [above] = authorities;
  const zone = (above?.name ?? query.name).key;
  if (rcode === DnsRcode.nxDomain) return ["nxdomain", zone];
  if (rcode !== DnsRcode.noError) return ["error", ""];
  if (answers.length > 0) return ["response", `${query.type} ${query.name.key}`];
  return [above?.type === DnsType.NS ? "referral" : "nodata", zone];
}
