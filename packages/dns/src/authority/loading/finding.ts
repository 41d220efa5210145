import type { DnsTextPosition } from "../../errors.ts";
import { formatTextPosition } from "../../errors.ts";
import type { DomainName } from "../../name/domain-name.ts";

/** What may be wrong with a zone. */
export type ZoneFindingCode =
  | "syntax" // see the message
  | "no-soa"
  | "soa-elsewhere"
  | "several" // of SOA, CNAME or DNAME, of which a name has one
  | "wrong-class"
  | "wrong-type" // of questions only
  | "no-ns"
  | "wildcard-ns" // RFC 4592 §4.2
  | "cname-and-other" // RFC 1034 §3.6.2
  | "out-of-zone"
  | "below-dname" // RFC 6672 §2.3
  | "hidden" // below a delegation, and no address
  | "no-address" // of a server or host in the zone that something points at
  | "points-at-cname" // RFC 2181 §10.3
  | "points-below-dname"
  | "other-ttl" // RFC 2181 §5.2
  | "duplicate"
  | "serial" // did not go on
  | "too-large";

/** Something that is wrong with a zone, and where. */
export interface ZoneFinding {
  /** A zone with an error is not served; a warning is for people. `named-checkzone` draws the line at the same place. */
  readonly severity: "error" | "warning";
  readonly code: ZoneFindingCode;
  /** A sentence without its place. */
  readonly message: string;
  /** Whose record it is about. */
  readonly name?: DomainName | undefined;
  /** The number of the record's type. */
  readonly type?: number | undefined;
  readonly position?: DnsTextPosition | undefined;
}

/** Findings of one zone that are told; more would tell nobody more. */
export const zoneFindingsMax = 200;

/** `error in line 3, column 1: there is no NS record at the apex` */
export function formatZoneFinding({ severity, message, position }: ZoneFinding): string {
  return `${severity}${position === undefined ? "" : ` in ${formatTextPosition(position)}`}: ${message}`;
}

/** The findings of one zone, as many as are told. */
export class ZoneFindings {
  readonly list: ZoneFinding[] = [];

  get hasErrors(): boolean {
    return this.list.some(({ severity }) => severity === "error");
  }

  get isFull(): boolean {
    return this.list.length >= zoneFindingsMax;
  }

  /** Errors take the place of warnings when there are too many: what decides must be seen. */
  add(finding: ZoneFinding): void {
    if (!this.isFull) this.list.push(finding);
    else if (finding.severity === "error" && !this.hasErrors) this.list[this.list.length - 1] = finding;
  }
}
