import { type ConnectionError, HawserError } from "@hawser/core";
import type { EdnsExtendedError } from "../../edns/options/extended-error.ts";
import type { DomainName } from "../../name/domain-name.ts";
import type { DnsRecord } from "../../records/record.ts";
import { formatDnsRcode } from "../../words.ts";
import type { DnsServerPlace } from "../exchanger.ts";
import { formatDnsServer } from "../server-place.ts";

/** Why a name could not be looked up. */
export type DnsLookupErrorCode =
  | "name-not-found" // NXDOMAIN (RFC 8020), or a name that is not asked for
  | "no-data" // the name exists, without such records (RFC 2308 §2.2)
  | "not-offered" // it says itself that there is no such service (RFC 2782, RFC 7505)
  | "server-failed" // SERVFAIL
  | "refused" // REFUSED
  | "timed-out"
  | "unreachable" // no server could be reached
  | "bad-answer"; // what came could not be read, or leads in a circle; any other rcode

/** What was asked, and what is known of the answer. */
export interface DnsLookupErrorInit {
  readonly name: DomainName;
  readonly type: string;
  readonly rcode?: number | undefined;
  readonly extendedErrors?: readonly EdnsExtendedError[] | undefined;
  readonly servers?: readonly DnsServerPlace[] | undefined;
  readonly aliases?: readonly DnsRecord[] | undefined;
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** A name could not be looked up. */
export class DnsLookupError extends HawserError<DnsLookupErrorCode> {
  /** The name that was asked for; at the end of the search list, the last. */
  readonly dnsName: DomainName;
  readonly type: string;
  /** One of {@link DnsRcode}, when a server answered. */
  readonly rcode: number | undefined;
  /** Why, in the servers' own words (RFC 8914); never to be acted upon. */
  readonly extendedErrors: readonly EdnsExtendedError[];
  /** The CNAME and DNAME records that were followed before there was nothing more. */
  readonly aliases: readonly DnsRecord[];
  /** Those that were asked. */
  readonly servers: readonly DnsServerPlace[];

  constructor(code: DnsLookupErrorCode, init: DnsLookupErrorInit) {
    super(code, textOf(code, init), { cause: init.cause });
    this.dnsName = init.name;
    this.type = init.type;
    this.rcode = init.rcode;
    this.extendedErrors = init.extendedErrors ?? [];
    this.aliases = init.aliases ?? [];
    this.servers = init.servers ?? [];
  }

  /** Whether asking later may help. */
  get temporary(): boolean {
    return this.code !== "name-not-found" && this.code !== "no-data" && this.code !== "not-offered";
  }
}

const reasons: Readonly<Record<DnsLookupErrorCode, string>> = {
  "name-not-found": "there is no such name",
  "no-data": "the name has no such records",
  "not-offered": "the service is not offered",
  "server-failed": "the servers failed",
  refused: "the servers refused",
  "timed-out": "no server answered in time",
  unreachable: "no server could be reached",
  "bad-answer": "the answer makes no sense",
};

function textOf(
  code: DnsLookupErrorCode,
  { name, type, rcode, servers = [], detail, cause }: DnsLookupErrorInit,
): string {
  const told = rcode === undefined || code !== "bad-answer" ? "" : ` (${formatDnsRcode(rcode)})`;
  const why = detail ?? (code === "unreachable" ? (cause as ConnectionError | undefined)?.message : undefined);
  const asked = servers.length === 0 ? "" : `; asked ${[...new Set(servers.map(formatDnsServer))].join(", ")}`;
  return `Cannot look up ${type} of ${JSON.stringify(String(name))}: ${reasons[code]}${told}${why === undefined ? "" : `, ${why}`}${asked}`;
}
