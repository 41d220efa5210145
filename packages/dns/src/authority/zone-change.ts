import type { DnsEncodedSet } from "../message/answer.ts";

/**
 * A step from one version of a zone to the next (RFC 1995 §4): what a dynamic update makes, an incremental transfer carries
 * and a journal keeps. The SOA records stand apart; the other sets hold just the records that go or come.
 */
export interface ZoneChange {
  /** The SOA of the version before. */
  readonly oldSoa: DnsEncodedSet;
  /** The SOA of the version after. */
  readonly newSoa: DnsEncodedSet;
  readonly deleted: readonly DnsEncodedSet[];
  readonly added: readonly DnsEncodedSet[];
}
