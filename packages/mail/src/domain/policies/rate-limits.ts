import { type Clock, formatIp, TokenBucket } from "@hawser/core";
import { SieveMap } from "@hawser/dns";
import type { SmtpSession, SmtpVerdict } from "../../smtp/backend.ts";
import { smtpAccept, smtpReject } from "../../smtp/errors.ts";
import type { SmtpAddress } from "../../smtp/wire/path.ts";
import { mailLocalKey } from "../names.ts";
import { type MailPolicyOptions, MailPolicyScope, networkOf } from "./peer.ts";
import type { MailPolicy } from "./policy.ts";

/** One limit. */
export interface MailRateLimit {
  /**
   * Who shares it: those of an IP address (of IPv6, a network of 64 bits), of a network (24 and 48 bits), a sender's address, or
   * whoever has logged in under one name. The first three are about those who have not logged in.
   */
  readonly per: "address" | "login" | "network" | "sender";
  /** What is counted; connections have an address and a network alone. */
  readonly of: "connections" | "messages" | "recipients";
  /** So many at once, and as many again in each period. */
  readonly count: number;
  readonly periodMs: number;
}

/** How much may be brought. */
export interface MailRateLimitsOptions extends MailPolicyOptions {
  readonly clock: Clock;
  readonly limits: readonly MailRateLimit[];
  /** Whoever is counted beyond it makes others be forgotten, who then begin anew. Default 50,000 for each limit. */
  readonly entriesMax?: number | undefined;
}

/**
 * Puts off who brings too much in too short a time: 421 for connections, 450 for the rest.
 *
 * ```ts no-run
 * const hourMs = 3_600_000;
 * mailRateLimits({ clock, limits: [
 *   { per: "network", of: "messages", count: 500, periodMs: hourMs },
 *   { per: "login", of: "recipients", count: 200, periodMs: hourMs }, // a stolen password
 * ] });
 * ```
 * @throws {RangeError} for a limit that means nothing
 */
export function mailRateLimits(options: MailRateLimitsOptions): MailPolicy {
  const counters = options.limits.map((limit) => new RateCounter(limit, options));
  const scope = new MailPolicyScope(options);
  const count = (of: MailRateLimit["of"], session: SmtpSession, from?: SmtpAddress): SmtpVerdict => {
    const counted: (readonly [RateCounter, string])[] = [];
    for (const counter of counters) {
      const key = counter.of === of ? keyOf(counter.per, session, from, scope) : undefined;
      if (key === undefined) continue;
      if (!counter.mayTake(key)) return refusals[of];
      counted.push([counter, key]);
    }
    for (const [counter, key] of counted) counter.take(key);
    return smtpAccept;
  };
  return {
    connected: (session) => count("connections", session),
    sender: (from, session) => count("messages", session, from),
    recipient: (_to, session, from) => count("recipients", session, from),
  };
}

/** `undefined`: this limit is not about them. */
function keyOf(
  per: MailRateLimit["per"],
  session: SmtpSession,
  from: SmtpAddress | undefined,
  scope: MailPolicyScope,
): string | undefined {
  if (per === "login") return session.user === undefined ? undefined : mailLocalKey(session.user.name);
  const octets = session.login === undefined ? scope.peer(session) : undefined;
  if (octets === undefined) return undefined;
  if (per === "sender") return from === undefined ? undefined : mailLocalKey(from.address);
  if (per === "network") return networkOf(octets, { ipv4Bits: 24, ipv6Bits: 48 });
  return octets.length === 4 ? formatIp(octets) : networkOf(octets, { ipv4Bits: 32, ipv6Bits: 64 });
}

/** What one limit has counted. */
class RateCounter {
  readonly per: MailRateLimit["per"];
  readonly of: MailRateLimit["of"];
  readonly #limit: MailRateLimit;
  readonly #clock: Clock;
  readonly #buckets: SieveMap<string, TokenBucket>;

  constructor(limit: MailRateLimit, { clock, entriesMax = 50_000 }: MailRateLimitsOptions) {
    const { count, periodMs, per, of } = limit;
    if (!(count >= 1 && periodMs > 0)) throw new RangeError(`Cannot limit ${of} to ${count} in ${periodMs} ms`);
    this.per = per;
    this.of = of;
    this.#limit = limit;
    this.#clock = clock;
    this.#buckets = new SieveMap({ entriesMax });
  }

  mayTake(key: string): boolean {
    // Fractions do not add up to a whole to the last bit.
    return (this.#buckets.get(key)?.available(this.#clock.now()) ?? 1) > 1 - 1e-6;
  }

  take(key: string): void {
    const now = this.#clock.now();
    const known = this.#buckets.get(key);
    const bucket = known ?? new TokenBucket((this.#limit.count * 1_000) / this.#limit.periodMs, this.#limit.count, now);
    bucket.take(1, now);
    if (known === undefined) this.#buckets.set(key, bucket, 1);
  }
}

const refusals = {
  connections: smtpReject("421 4.7.0 Too many connections from your place, try again later"),
  messages: smtpReject("450 4.7.1 Too many messages in a short time, try again later"),
  recipients: smtpReject("450 4.7.1 Too many recipients in a short time, try again later"),
};
