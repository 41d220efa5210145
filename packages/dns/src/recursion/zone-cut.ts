import type { Instant } from "@hawser/core";
import type { DnsServerPlace } from "../client/exchanger.ts";
import type { DomainName } from "../name/domain-name.ts";

/** Who is asked about a zone. */
export interface ZoneCut {
  readonly zone: DomainName;
  /**
   * `hints` and `delegation`: servers with authority, by name; `stub`: the same, by address; `forward`: servers that resolve
   * for us, by address.
   */
  readonly mode: "delegation" | "forward" | "hints" | "stub";
  readonly names: readonly DomainName[];
  /** Addresses by the key of their server's name. */
  readonly glue: ReadonlyMap<string, readonly string[]>;
  /** Where `stub` and `forward` zones are asked about. */
  readonly places: readonly DnsServerPlace[];
  readonly learnedAt: Instant;
  readonly expiresAt: Instant;
}

/** Whether the operator said who is asked. */
export function isConfigured({ mode }: ZoneCut): boolean {
  return mode === "stub" || mode === "forward";
}
