import { type Address, type Instant, TokenBucket } from "@hawser/core";
import { AccountTable } from "./account-table.ts";
import { networkKey, networkTest, type PeerPrefixes, peerOctets } from "./peer-network.ts";

/** Limits what each client may ask of a resolver, so that none takes what belongs to all. */
export interface DnsClientLimitOptions {
  readonly questionsPerSecond: number;
  /** Questions at once, after a silence. Default: those of two seconds. */
  readonly burstQuestions?: number | undefined;
  /** Default 32. */
  readonly ipv4PrefixBits?: number | undefined;
  /** Default 64: what one subscriber has (RFC 6177 §2). */
  readonly ipv6PrefixBits?: number | undefined;
  /** Networks that are not limited, like `10.0.0.0/8`. */
  readonly exempt?: readonly string[] | undefined;
  /** Clients that are remembered, about 200 octets each. Default 20,000. */
  readonly clientsMax?: number | undefined;
}

/** Counts questions. Pure: time is an argument. */
export class DnsClientLimiter {
  readonly #buckets: AccountTable<TokenBucket>;
  readonly #rate: number;
  readonly #burst: number;
  readonly #prefixes: PeerPrefixes;
  readonly #isExempt: (octets: Uint8Array) => boolean;

  /** @throws {RangeError} for rates and networks that cannot be */
  constructor(options: DnsClientLimitOptions) {
    this.#rate = options.questionsPerSecond;
    this.#burst = options.burstQuestions ?? Math.max(1, 2 * this.#rate);
    this.#prefixes = { ipv4PrefixBits: options.ipv4PrefixBits ?? 32, ipv6PrefixBits: options.ipv6PrefixBits ?? 64 };
    this.#isExempt = networkTest(options.exempt ?? []);
    this.#buckets = new AccountTable(options.clientsMax ?? 20_000);
    this.#bucket(0); // says what cannot be
  }

  /**
   * Counts a question; `false`: it is one too many. Askers whose address is not proven have an account of their own, so that
   * nobody who writes in another's name can silence that one.
   */
  allows(peer: Address, isAddressProven: boolean, now: Instant): boolean {
    const octets = peerOctets(peer);
    if (this.#isExempt(octets)) return true;
    const key = `${networkKey(octets, this.#prefixes)}${isAddressProven ? "!" : "?"}`;
    const bucket = this.#buckets.find(key, () => this.#bucket(now));
    if (bucket.available(now) < 1) return false;
    bucket.take(1, now);
    return true;
  }

  #bucket(now: Instant): TokenBucket {
    return new TokenBucket(this.#rate, this.#burst, now);
  }
}
