import type { Address, Instant } from "@hawser/core";
import { AccountTable } from "./account-table.ts";
import { networkKey, networkTest, peerOctets } from "./peer-network.ts";

/**
 * Limits what a server sends to networks that may not have asked: over UDP anybody can write another's address into a
 * question. Equal answers to one network are counted together; beyond the rate most are dropped, and some are empty with TC,
 * so that whoever really asks comes over TCP (BIND's response-rate limiting).
 */
export interface DnsRateLimitOptions {
  /** Equal answers with records, to one network. */
  readonly responsesPerSecond: number;
  /** Referrals to one zone. Default: as `responsesPerSecond`. */
  readonly referralsPerSecond?: number | undefined;
  /** Answers of one zone that a name has no such records. Default: as `responsesPerSecond`. */
  readonly nodataPerSecond?: number | undefined;
  /** Answers of one zone that there is no such name, whatever the names. Default: as `responsesPerSecond`. */
  readonly nxdomainsPerSecond?: number | undefined;
  /** Answers with any other rcode. Default: as `responsesPerSecond`. */
  readonly errorsPerSecond?: number | undefined;
  /** All answers together. Default: no such limit. */
  readonly allPerSecond?: number | undefined;
  /** For how long a flood is remembered: its network is limited until so much less was asked. Default 15 s, at most 3,600. */
  readonly windowSeconds?: number | undefined;
  /** Each so many-th limited answer goes out, with TC and nothing else. 1: all of them, 0: none. Default 2. */
  readonly slip?: number | undefined;
  /** Default 24. */
  readonly ipv4PrefixBits?: number | undefined;
  /** Default 56. */
  readonly ipv6PrefixBits?: number | undefined;
  /** Networks that are not limited, like `10.0.0.0/8`. */
  readonly exempt?: readonly string[] | undefined;
  /** Counts that are kept, about 200 octets each. Default 20,000, as BIND has it. */
  readonly accountsMax?: number | undefined;
}

/** What an answer counts as. */
export type DnsResponseKind = "error" | "nodata" | "nxdomain" | "referral" | "response";

/** What is done with an answer: sent, sent empty with TC, or not. */
export type DnsRateVerdict = "drop" | "pass" | "slip";

interface Account {
  balance: number;
  changedAt: Instant;
  limited: number;
}

/** Counts answers. Pure: time is an argument. */
export class DnsRateLimiter {
  readonly #accounts: AccountTable<Account>;
  readonly #rates: Readonly<Record<DnsResponseKind, number>>;
  readonly #allPerSecond: number | undefined;
  readonly #windowSeconds: number;
  readonly #slip: number;
  readonly #prefixes: { readonly ipv4PrefixBits: number; readonly ipv6PrefixBits: number };
  readonly #isExempt: (octets: Uint8Array) => boolean;

  /** @throws {RangeError} for rates, prefixes and networks that cannot be */
  constructor(options: DnsRateLimitOptions) {
    const { responsesPerSecond: rate, windowSeconds = 15, ipv4PrefixBits = 24, ipv6PrefixBits = 56 } = options;
    this.#rates = {
      response: rate,
      referral: options.referralsPerSecond ?? rate,
      nodata: options.nodataPerSecond ?? rate,
      nxdomain: options.nxdomainsPerSecond ?? rate,
      error: options.errorsPerSecond ?? rate,
    };
    this.#allPerSecond = options.allPerSecond;
    this.#windowSeconds = windowSeconds;
    this.#slip = options.slip ?? 2;
    this.#prefixes = { ipv4PrefixBits, ipv6PrefixBits };
    this.#isExempt = networkTest(options.exempt ?? []);
    this.#accounts = new AccountTable(options.accountsMax ?? 20_000);
    this.#check();
  }

  /** How many counts are kept. */
  get accountCount(): number {
    return this.#accounts.size;
  }

  /**
   * Counts an answer and says what is done with it.
   * @param key what makes it equal to others: name and type, or the zone's name; nothing for errors
   */
  judge(peer: Address, kind: DnsResponseKind, key: string, now: Instant): DnsRateVerdict {
    const octets = peerOctets(peer);
    if (this.#isExempt(octets)) return "pass";
    const network = networkKey(octets, this.#prefixes);
    const all = this.#allPerSecond === undefined ? "pass" : this.#debit(network, this.#allPerSecond, now);
    const own = this.#debit(`${network} ${kind} ${key}`, this.#rates[kind], now);
    return all === "pass" ? own : all;
  }

  /** Credit flows in with time, up to what one second allows, and debts end at what the window forgives. */
  #debit(key: string, rate: number, now: Instant): DnsRateVerdict {
    const account = this.#accounts.find(key, () => ({ balance: rate, changedAt: now, limited: 0 }));
    const credit = ((now - account.changedAt) / 1_000) * rate;
    account.balance = Math.max(Math.min(rate, account.balance + credit) - 1, -this.#windowSeconds * rate);
    account.changedAt = now;
    if (account.balance >= 0) {
      account.limited = 0;
      return "pass";
    }
    account.limited++;
    return this.#slip > 0 && account.limited % this.#slip === 0 ? "slip" : "drop";
  }

  #check(): void {
    for (const rate of [...Object.values(this.#rates), this.#allPerSecond ?? 1])
      if (!(rate > 0)) throw new RangeError(`Cannot limit answers to ${rate} per second`);
    if (!(this.#windowSeconds >= 1 && this.#windowSeconds <= 3_600))
      throw new RangeError(`Cannot limit answers with a window of ${this.#windowSeconds} s: 1 to 3,600 may be`);
    const { ipv4PrefixBits, ipv6PrefixBits } = this.#prefixes;
    if (!(ipv4PrefixBits >= 0 && ipv4PrefixBits <= 32 && ipv6PrefixBits >= 0 && ipv6PrefixBits <= 128))
      throw new RangeError(`Cannot count networks of ${ipv4PrefixBits} and ${ipv6PrefixBits} bits`);
  }
}
