import type { Cancellable } from "@hawser/core";
import type { DnsLookups } from "../lookups/lookups.ts";

/** What a judgement needs. */
export interface DmarcOptions extends Cancellable {
  readonly lookups: DnsLookups;
  /** A number from 0 up to 1, by chance: `reactor.random.number()`; it decides for `pct=`. */
  readonly chance: () => number;
  /**
   * The organization's domain by a list of public suffixes (RFC 7489 §3.2): `tldts` has it as `getDomain`. Default: the tree
   * walk (RFC 9989 §4.10), which needs no list.
   */
  readonly organizationalDomain?: ((domain: string) => string | null | undefined) | undefined;
}
