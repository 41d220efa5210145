/** How much one question may cost, and how much is remembered. All have defaults, and a reason beside them. */
export interface RecursionLimits {
  /** Questions put to servers for one question of a client. Default 100 (BIND's `max-recursion-queries` was 100 for years; NXNSAttack, CVE-2020-8616). */
  readonly exchangesMax?: number | undefined;
  /** Questions of one client's question under way at once. Default 8. */
  readonly exchangesAtOnceMax?: number | undefined;
  /** How deep the search for addresses of name servers may nest. Default 7 (BIND's `max-recursion-depth`). */
  readonly depthMax?: number | undefined;
  /** Name servers without glue whose addresses are looked up before the others of the same zone. Default 2 (the paper on NXNSAttack proposes 1 to 5). */
  readonly gluelessAtOnceMax?: number | undefined;
  /** Name servers without glue whose addresses are looked up for one delegation. Default 6 (Unbound gives up after five that do not exist). */
  readonly gluelessMax?: number | undefined;
  /** Searches for addresses of name servers, for one question. Default 24: some zones have six servers in as many zones. */
  readonly addressLookupsMax?: number | undefined;
  /** Name servers of a zone that are looked at: the first. Default 13, as many as the root has. */
  readonly nameServersMax?: number | undefined;
  /** Addresses of one name server. Default 4. */
  readonly addressesMax?: number | undefined;
  /** Attempts at the servers of one zone. Default 12. */
  readonly attemptsMax?: number | undefined;
  /** Aliases in a row. Default 11 (Unbound and BIND follow as many). */
  readonly aliasesMax?: number | undefined;
  /** Delegations followed for one name. Default 32: names under `ip6.arpa` have that many labels and far fewer cuts. */
  readonly delegationsMax?: number | undefined;
  /** When a question that has no answer yet is given up. Default 10,000 ms (BIND's `resolver-query-timeout`). */
  readonly deadlineMs?: number | undefined;
  /** What a server gets that nobody knows yet, and what it gets at least and at most. Default 1,000, 400 and 3,000 ms. */
  readonly exchangeMs?: number | undefined;
  readonly exchangeMsMin?: number | undefined;
  readonly exchangeMsMax?: number | undefined;
}

/** The limits with their defaults. */
export const recursionLimits: RecursionBounds = {
  exchangesMax: 100,
  exchangesAtOnceMax: 8,
  depthMax: 7,
  gluelessAtOnceMax: 2,
  gluelessMax: 6,
  addressLookupsMax: 24,
  nameServersMax: 13,
  addressesMax: 4,
  attemptsMax: 12,
  aliasesMax: 11,
  delegationsMax: 32,
  deadlineMs: 10_000,
  exchangeMs: 1_000,
  exchangeMsMin: 400,
  exchangeMsMax: 3_000,
};

/** {@link RecursionLimits}, complete. */
export type RecursionBounds = { readonly [Key in keyof RecursionLimits]-?: number };

/** Puts defaults where nothing is said. @throws {RangeError} for limits that are no whole numbers, or below 1 */
export function recursionBounds(limits: RecursionLimits = {}): RecursionBounds {
  const bounds: { -readonly [Key in keyof RecursionBounds]: number } = { ...recursionLimits };
  for (const key of Object.keys(bounds) as (keyof RecursionBounds)[]) {
    const value = limits[key] ?? bounds[key];
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`Cannot use ${key} ${value}: it must be a whole number from 1`);
    bounds[key] = value;
  }
  return bounds;
}

/** How long what was learned may be kept, in seconds: longer TTLs are cut (RFC 8767 §4 advises days, not weeks). */
export const positiveTtlMax = 86_400;

/** How long it is believed that something does not exist (RFC 2308 §5: one to three hours are sensible). */
export const negativeTtlMax = 10_800;

/** How long a delegation is kept: as TLDs give it. The root's own is longer, and need not be. */
export const delegationTtlMax = 172_800;

/** The TTL of what is out of date, in seconds (RFC 8767 §4). */
export const staleTtl = 30;

/** Questions under way to all servers: each has a socket, and a shell gives 1,024 descriptors. */
export const exchangesUnderWayMax = 512;
